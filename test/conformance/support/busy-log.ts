/**
 * Starts a gateway during a flood of requests and reads its revision. Meanwhile this process does
 * not read the log, so the pipe of the log fills up. Prints the revision.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { startGateway } from '../../../dist/dev/index.js'

const [stateDir = '', port = ''] = process.argv.slice(2)
/** Each of these requests is refused and logged. A pipe holds a few hundred lines. */
const FLOOD = `
const [url] = process.argv.slice(1)
process.stdout.write('ready')
process.stdin.on('end', () => process.exit()).resume()
const one = async () => {
  for (;;) {
    try {
      await (await fetch(url, { method: 'POST', body: 'x' })).arrayBuffer()
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
}
for (let count = 0; count < 32; count += 1) one()
`
const url = `http://127.0.0.1:${port}/token`
const flood = spawn(process.execPath, ['--input-type=module', '--eval', FLOOD, '--', url], {
  stdio: ['pipe', 'pipe', 'inherit'],
})
await once(flood.stdout, 'data')
const gateway = await startGateway({ stateDir, port: Number(port), onLog: () => {} })
// Blocks this thread, so that it reads no pipe.
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000)
console.log(await gateway.revision())
flood.kill()
await gateway.close()
