/** Lists the pages of the docs and their code blocks, in order. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../world.ts'

export type Block = {
  readonly page: string
  /** The first line of the block, for messages. */
  readonly line: number
  /** Empty if the page names none. */
  readonly language: string
  /** The word after the language, such as `fragment`. */
  readonly tag: string
  readonly code: string
}

const OPENING = /^( *)```([a-z]*)(?: ([a-z.]+))?$/
/** A whole command inside a sentence, as in the steps of the README. */
const INLINE = /`(npx [^`]+)`/g

/** README.md, docs/, action/ and the README of every example. */
export function listPages(): readonly string[] {
  const below = (folder: string, isPage: (path: string) => boolean) =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
          .filter((path) => isPage(path) && !path.includes('node_modules'))
          .map((path) => join(folder, path))
      : []
  return [
    'README.md',
    ...below('docs', (path) => path.endsWith('.md')).toSorted(),
    ...below('examples', (path) => /(^|\/)README\.md$/.test(path)).toSorted(),
    ...below('action', (path) => path === 'README.md'),
  ]
}

export function readPage(page: string): string {
  return readFileSync(join(root, page), 'utf8')
}

export function readBlocks(page: string): readonly Block[] {
  const blocks: Block[] = []
  const lines = readPage(page).split('\n')
  for (let at = 0; at < lines.length; at++) {
    const [opening, indent = '', language = '', tag = ''] = OPENING.exec(lines[at] ?? '') ?? []
    if (opening === undefined) {
      if (/^ *```/.test(lines[at] ?? ''))
        throw new Error(`${page}:${at + 1}: unknown kind of block`)
      continue
    }
    const end = lines.indexOf(`${indent}\`\`\``, at + 1)
    if (end === -1) throw new Error(`${page}:${at + 1}: the block has no end`)
    const code = lines.slice(at + 1, end).map((line) => `${line.slice(indent.length)}\n`)
    blocks.push({ page, line: at + 1, language, tag, code: code.join('') })
    at = end
  }
  return page === 'README.md' ? [...blocks, ...readSentences(page)] : blocks
}

function readSentences(page: string): readonly Block[] {
  const text = readPage(page)
  const lineAt = (index: number) => text.slice(0, index).split('\n').length
  return [...text.matchAll(INLINE)].map((match) => ({
    page,
    line: lineAt(match.index),
    language: 'sh',
    tag: 'sentence',
    code: `${match[1]}\n`,
  }))
}
