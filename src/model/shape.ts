/** The shape of one value on the wire, as the service model describes it. Bounds count characters, elements or entries. */
export type Shape =
  | {type: 'structure'; members: Readonly<Record<string, string>>; required?: readonly string[]}
  | ({type: 'list'; element: string} & Bounds)
  | ({type: 'map'; key: string; value: string} & Bounds)
  | ({type: 'string'; pattern?: string; enum?: readonly string[]} & Bounds)
  | ({type: 'integer' | 'long' | 'double' | 'boolean' | 'blob' | 'timestamp'} & Bounds);

interface Bounds {
  min?: number;
  max?: number;
}

/** Shapes refer to each other by name. */
export interface ShapeTable {
  /** Operation name → name of its input's shape. */
  operations: Record<string, string>;
  shapes: Record<string, Shape>;
}
