/**
 * Compares the files that the answers give with those of the folder, and decides what to write. A file
 * that somebody edited, or that `init` did not write, is never overwritten without `--force`.
 */
import { createHash } from 'node:crypto'
import type { WrittenFile } from '../written/list-files.ts'
import { readSetupFile } from './read-file.ts'

type FileState =
  /** Not there. */
  | 'new'
  /** There, and other answers give another text. */
  | 'changed'
  /** There with this text, or the answers give what `init` wrote last. */
  | 'unchanged'
  /** There, edited, and the answers give another text than last time. */
  | 'edited'
  /** There, and `init` did not write it. */
  | 'foreign'
  /** There, and `init` did not write it: a file that projects often have. */
  | 'kept'

export type ComparedFile = WrittenFile & { readonly state: FileState }

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** `written`: the digests of the last run, by path. Throws an `Error` at a symbolic link. */
export function compareFiles(
  folder: string,
  files: readonly WrittenFile[],
  written: Readonly<Record<string, string>>,
): readonly ComparedFile[] {
  return files.map((file) => {
    const present = readSetupFile(folder, file.path)
    const last = Object.hasOwn(written, file.path) ? written[file.path] : undefined
    return { ...file, state: judge(file, present, last) }
  })
}

function judge(file: WrittenFile, present: string | undefined, last: string | undefined) {
  if (present === undefined) return 'new'
  const wanted = digest(file.text)
  if (digest(present) === wanted) return 'unchanged'
  if (last === undefined) return file.isOptional ? 'kept' : 'foreign'
  // The answers ask for no change of this file, so edits of it stay.
  if (last === wanted) return 'unchanged'
  return digest(present) === last ? 'changed' : 'edited'
}
