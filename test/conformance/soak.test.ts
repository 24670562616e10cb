/** Runs the soak test for a short time: mixed load on a gateway that is killed meanwhile. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const script = join(import.meta.dirname, '../../scripts/soak/main.ts')

/** Returns the output and the exit code of a soak run. */
function soak(minutes: string): Promise<{ readonly output: string; readonly code: number | null }> {
  const child = spawn(process.execPath, [script, '--minutes', minutes])
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ output, code }))
  })
}

test('REP-01 REV-06 a gateway that is killed under load grants nothing wrong and loses nothing', {
  timeout: 90_000,
}, async () => {
  const { output, code } = await soak('0.15')
  expect([output.match(/^FAULT.*/gm), code]).toEqual([null, 0])
  for (const work of [
    'granted',
    'refused',
    'hostile refused',
    'single-use granted',
    'revoked',
    'applied',
  ]) {
    expect(Number(new RegExp(`^${work}: (\\d+)$`, 'm').exec(output)?.[1])).toBeGreaterThan(0)
  }
  expect(output).toMatch(/^killed and restarted: [1-9]/m)
})
