import {keySpace} from './register.ts';

/** What a copy leaves in its target until it is complete and checked. */
export interface CopyNote {
  /** Names the source. */
  from: string;
  /** `clear`: what is here is no good, and goes before a new beginning. */
  stage: 'copy' | 'clear';
  /** The id of the copy's note in the source that it follows. */
  follow?: string;
  /** The last that was copied, and how much. Areas are those of `CopyableStore`. */
  area: 'entry' | 'counter' | 'log';
  /** Base64; empty: nothing of this area. */
  after: string;
  entries: number;
  bytes: number;
}

export function copyNoteKey(): Buffer {
  return Buffer.of(keySpace.copy);
}

export function encodeCopyNote(note: CopyNote): Buffer {
  return Buffer.from(JSON.stringify(note), 'utf8');
}

export function decodeCopyNote(bytes: Buffer): CopyNote {
  return JSON.parse(bytes.toString('utf8')) as CopyNote;
}
