/** Buttons that copy the command beside them. */

const TOLD_MS = 2_000

export function mountCopyButtons(root: ParentNode = document): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>('button.copy')) {
    button.addEventListener('click', () => {
      void copy(button.dataset.copy ?? '').then(done => {
        button.textContent = done ? 'Copied' : 'Press Ctrl+C'
        if (!done) select(button.previousElementSibling)
        setTimeout(() => {
          button.textContent = 'Copy'
        }, TOLD_MS)
      })
    })
  }
}

/** A file that was opened from the disk may have no clipboard. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}

function select(element: Element | null): void {
  if (element !== null) document.getSelection()?.selectAllChildren(element)
}
