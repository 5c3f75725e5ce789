/** Something that cannot happen did: a bug of ours, never of the caller. Answered as 500 InternalServerError. */
export class AssertionFailure extends Error {
  override readonly name = 'AssertionFailure';
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(text: string, fields: Readonly<Record<string, unknown>> = {}) {
    super(text);
    this.fields = fields;
  }
}

/** Stays on in production. `text` is constant, so that it can be searched for; what varies goes into `fields`. */
export function assert(
  condition: unknown,
  text: string,
  fields?: Readonly<Record<string, unknown>>,
): asserts condition {
  if (!condition) throw new AssertionFailure(text, fields);
}
