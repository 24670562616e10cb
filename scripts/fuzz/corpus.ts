/**
 * The corpus: inputs that once caused new behaviour. They are kept as base64, one list for each
 * target, and the tests run them.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, '../../test/vectors/fuzz')

export function readCorpus(target: string): readonly Buffer[] {
  const path = join(folder, `${target}.json`)
  if (!existsSync(path)) return []
  const entries = JSON.parse(readFileSync(path, 'utf8')) as readonly string[]
  return entries.map((entry) => Buffer.from(entry, 'base64'))
}

export function writeCorpus(target: string, inputs: readonly Buffer[]): void {
  const entries = inputs.map((input) => input.toString('base64'))
  writeFileSync(join(folder, `${target}.json`), `${JSON.stringify(entries, null, 2)}\n`)
}
