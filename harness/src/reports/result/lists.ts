/** Lists of a bounded document: each holds at most so many items, and a number beside it counts the rest. */
import { z } from 'zod'

type CountName<Name extends string> = `more${Capitalize<Name>}`

type ListShape<Name extends string, Item extends z.ZodType> = { [Key in Name]: z.ZodArray<Item> } & {
  [Key in CountName<Name>]: z.ZodOptional<z.ZodNumber>
}

/** Of the schema: the list, and how many items more there were. */
export function listShape<Name extends string, Item extends z.ZodType>(
  name: Name,
  item: Item,
  max: number,
  about: string
): ListShape<Name, Item> {
  return {
    [name]: z.array(item).max(max).describe(`${about}; at most ${max}`),
    [countName(name)]: z.number().int().positive().optional().describe(`how many more there were`)
  } as ListShape<Name, Item>
}

/** Of the document: the first `max` items, and how many more there are, if so. */
export function firstOf<Name extends string, Item>(
  name: Name,
  items: readonly Item[],
  max: number
): { [Key in Name]: Item[] } & { [Key in CountName<Name>]?: number } {
  const more = items.length - max
  return { [name]: items.slice(0, max), ...(more > 0 && { [countName(name)]: more }) } as ReturnType<
    typeof firstOf<Name, Item>
  >
}

function countName(name: string): string {
  return `more${name.charAt(0).toUpperCase()}${name.slice(1)}`
}
