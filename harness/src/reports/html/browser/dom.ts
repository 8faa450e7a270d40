/** Elements made by hand: text is only ever set as text, so that nothing that a node wrote becomes markup. */

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  { className, text }: { className?: string; text?: string } = {},
  children: readonly Node[] = []
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag)
  if (className !== undefined) made.className = className
  if (text !== undefined) made.textContent = text
  made.append(...children)
  return made
}

/** The element of that id, if the page has it. */
export function byId<Kind extends Element>(id: string, kind: new () => Kind): Kind | undefined {
  const found = document.getElementById(id)
  return found instanceof kind ? found : undefined
}
