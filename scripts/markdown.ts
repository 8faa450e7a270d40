/** Headings, anchors and links of Markdown files, as GitHub renders them. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'

export interface Heading {
  level: number
  /** Without markup. */
  text: string
  /** What a link to it names after `#`. */
  anchor: string
}

/** Headings of a page from top to bottom. */
export function headingsOf(markdown: string): Heading[] {
  const uses = new Map<string, number>()
  return [...withoutCode(markdown).matchAll(/^(#{1,6}) +(.+?) *#*$/gm)].map(([, marks, title]) => {
    const text = title!.replace(MARKUP, '$<text>').replaceAll('\\', '')
    const slug = slugOf(text)
    const before = uses.get(slug) ?? 0
    uses.set(slug, before + 1)
    return { level: marks!.length, text, anchor: before === 0 ? slug : `${slug}-${before}` }
  })
}

/**
 * Links of the given files that lead to no file, or to no anchor in it, as `file: link`. Links to other hosts are not
 * followed.
 *
 * @param files - paths of Markdown files, relative to `root`
 */
export async function brokenLinks(root: string, files: string[]): Promise<string[]> {
  const broken = files.map(async file => {
    const links = linksOf(await readFile(join(root, file), 'utf8'))
    const leads = await Promise.all(links.map(async link => await leadsSomewhere(root, file, link)))
    return links.filter((_, index) => !leads[index]).map(link => `${file}: ${link}`)
  })
  return (await Promise.all(broken)).flat()
}

async function leadsSomewhere(root: string, from: string, link: string): Promise<boolean> {
  if (/^[a-z]+:/.test(link)) return true
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? join(root, from) : join(root, dirname(from), decodeURIComponent(path))
  if (relative(root, target).startsWith('..') || !existsSync(target)) return false
  if (anchor === undefined || !target.endsWith('.md')) return true
  return anchorsOf(await readFile(target, 'utf8')).includes(anchor)
}

function anchorsOf(markdown: string): string[] {
  const marked = [...markdown.matchAll(/<a (?:id|name)="([^"]+)">/g)].map(([, id]) => id!)
  return [...headingsOf(markdown).map(heading => heading.anchor), ...marked]
}

/** `[text](link)`, `![image](link)`, `[name]: link` and `href="link"`. */
function linksOf(markdown: string): string[] {
  const text = withoutCode(markdown).replace(/`[^`\n]*`/g, '')
  const patterns = [
    /\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g,
    /^ {0,3}\[[^\]]+\]: *<?([^\s>]+)/gm,
    /(?:href|src)="([^"]+)"/g
  ]
  return patterns.flatMap(pattern => [...text.matchAll(pattern)].map(([, link]) => link!))
}

/** Without code blocks, in which neither headings nor links mean anything; code in a line stays, since headings have it. */
function withoutCode(markdown: string): string {
  return markdown.replace(/^( *)(```+|~~~+)[^\n]*\n[\s\S]*?^ *\2`*$/gm, '')
}

/** `code`, **bold** and [a link](target). */
const MARKUP = /(?:`|\*\*|\[)(?<text>[^`\]]+?)(?:`|\*\*|\]\([^)]*\))/g

function slugOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
    .replaceAll(' ', '-')
}
