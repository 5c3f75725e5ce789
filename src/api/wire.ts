/** A request as any front door hands it in: the headers that mean something to us, and the whole (already inflated) body. */
export interface WireRequest {
  method: string;
  /** The request target as sent, query string included: `/` or `/?X-Amz-Signature=…`. */
  url: string;
  /** Value of a header by its lower-case name; repeated headers are joined with `, `. */
  header(name: string): string | undefined;
  body: Buffer;
}

/** Text and stored bytes in the order in which they go out; together they are one JSON document (or plain text). */
export type WireBody = readonly (string | Buffer)[];

export interface WireAnswer {
  status: number;
  contentType: string;
  requestId: string;
  body: WireBody;
  /** Extra headers, lower-case names. */
  headers?: Readonly<Record<string, string>>;
}
