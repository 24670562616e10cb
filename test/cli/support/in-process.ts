/** Runs the command line in this process, from its source, with its own streams and variables. */
import { Readable, Writable } from 'node:stream'
import { run } from '../../../src/cli/shell/run.ts'
import type { RunOptions, Transcript } from './run.ts'

export async function runHere(
  args: readonly string[],
  { stdin = '', environment = {} }: RunOptions = {},
): Promise<Transcript> {
  const stdout = collect()
  const stderr = collect()
  const exitCode = await run(args, {
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout: stdout.stream,
    stderr: stderr.stream,
    environment,
  })
  return { stdout: stdout.text(), stderr: stderr.text(), exitCode }
}

function collect() {
  const chunks: Buffer[] = []
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') }
}
