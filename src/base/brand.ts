/** A value of type `T` that only one parser or maker may produce; the name is compile-time only. */
export type Brand<T, Name extends string> = T & {readonly __brand: Name};
