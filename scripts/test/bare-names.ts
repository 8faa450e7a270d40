export const bare = 1

/** Has a docstring and no example. */
export const described = 2

/** A type needs no example: its fields say what it is. */
export type Shape = { sides: number }
