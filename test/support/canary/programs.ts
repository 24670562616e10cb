/**
 * Searches the output of every program that a test starts, and the stored state of a gateway when
 * it ends.
 */
import type { ChildProcess } from 'node:child_process'
import { subscribe } from 'node:diagnostics_channel'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, isAbsolute, join } from 'node:path'
import type { Readable } from 'node:stream'
import { look, lookForCanary } from './watch.ts'

/** The files of a state directory that contain a signing key. */
const KEY_FILE = /^signing-key(?:-rs256|-[0-9]+)?\.json(?:\.new)?$/

let isWatching = false

/** Runs once per process. A process can run many files. */
export function watchPrograms(): void {
  if (isWatching) return
  isWatching = true
  subscribe('child_process', (message) => {
    const { process: child } = message as { process: ChildProcess }
    // Its streams and arguments exist after `spawn` has returned.
    queueMicrotask(() => watchProgram(child))
  })
}

function watchProgram(child: ChildProcess): void {
  const args = child.spawnargs ?? []
  const name = nameOf(args)
  if (child.stdout !== null) watchLines(child.stdout, (line) => lookAtLine(name, 'stdout', line))
  if (child.stderr !== null) watchLines(child.stderr, (line) => lookAtLine(name, 'stderr', line))
  const flag = args.indexOf('--state')
  if (flag > 0) child.once('exit', () => lookAtState(args[flag + 1] ?? ''))
}

/**
 * stdout can contain an issued token, because the command returns it there. stderr never contains
 * one.
 */
function lookAtLine(name: string, stream: 'stdout' | 'stderr', line: string): void {
  if (line.startsWith(MASK)) return
  const see = stream === 'stdout' ? lookForCanary : look
  see('lines of programs', `${stream} of ${name}`, line)
}

/** Searches the output of a program that ran in this process. */
export function lookAtLines(
  args: readonly string[],
  written: Readonly<Record<'stdout' | 'stderr', string>>,
): void {
  const name = nameOf(args)
  for (const stream of ['stdout', 'stderr'] as const) {
    for (const line of written[stream].split('\n')) lookAtLine(name, stream, line)
  }
}

/** Returns the script or command without its other arguments. */
function nameOf(args: readonly string[]): string {
  return args
    .slice(0, 3)
    .filter((arg) => /^[\w./@-]{1,200}$/.test(arg))
    .map((arg) => basename(arg))
    .join(' ')
}

/** A runner hides the value in such a line from its log. */
const MASK = '::add-mask::'

/** Reads each chunk that is pushed into the stream, without changing its readers. */
function watchLines(stream: Readable, seen: (line: string) => void): void {
  const push = stream.push.bind(stream)
  let rest = ''
  stream.push = (chunk: unknown, encoding?: BufferEncoding) => {
    const lines = `${rest}${chunk === null ? '\n' : Buffer.from(chunk as Buffer).toString()}`.split(
      '\n',
    )
    rest = lines.pop() ?? ''
    for (const line of lines) seen(line)
    return push(chunk, encoding)
  }
}

/** Searches the files of a gateway that has ended, as bytes. Rows are stored unencoded. */
export function lookAtState(folder: string): void {
  if (!isAbsolute(folder) || !existsSync(folder)) return
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const text = KEY_FILE.test(basename(path)) ? undefined : readIfThere(join(folder, path))
    if (text !== undefined) look('stored rows', `${path} of a gateway`, text)
  }
}

/** A store that is closing can delete files meanwhile. */
function readIfThere(path: string): string | undefined {
  try {
    return statSync(path).isFile() ? readFileSync(path, 'latin1') : undefined
  } catch {
    return undefined
  }
}
