/**
 * `npm run check:front`: starts every program that exchanges a token while the server in front of
 * the gateway returns HTML errors for ten seconds. Prints the result of each program. Exits with 1
 * when one failed.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { CLI, serve, startFront, startMatrixWorld } from './matrix-world.ts'
import { type Ran, runAction, runProgram } from './run-program.ts'

const OUTAGE_SECONDS = 10
const PAGE = '<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>'

const world = await startMatrixWorld()
const upstream = await serve((request, response) => {
  response.end(request.headers.authorization)
})
let endsAt = 0
let refused = 0
const front = await startFront(world.gatewayUrl, (_request, response) => {
  if (performance.now() >= endsAt) return false
  refused += 1
  response.writeHead(502, { 'content-type': 'text/html', server: 'nginx/1.27.0' }).end(PAGE)
  return true
})
const environment = {
  ...world.environment,
  EDGEMINT_URL: front.url,
  EDGEMINT_DOCKER_REGISTRIES: 'registry.example.com',
}
const docker = join(CLI, '../../workload/docker-credential.js')
const cli = (...args: readonly string[]) => runProgram([CLI, ...args], environment)
const npmrc = `/tmp/edgemint-front-${process.pid}.npmrc`

const programs: Readonly<Record<string, () => Promise<Ran>>> = {
  token: () => cli('token'),
  exchange: async () => {
    const stdin = await world.mint()
    return runProgram([CLI, 'exchange', '--token-file', '-'], environment, stdin)
  },
  exec: () => cli('exec', '--', process.execPath, '-p', 'process.env.EDGEMINT_TOKEN'),
  proxy: runProxy,
  'credential git': () => {
    const stdin = 'protocol=https\nhost=git.example.com\n\n'
    const args = [CLI, 'credential', 'git', '--host', 'git.example.com', 'get']
    return runProgram(args, environment, stdin)
  },
  'docker-credential-edgemint': () =>
    runProgram([docker, 'get'], environment, 'registry.example.com'),
  'credential kubectl': () => cli('credential', 'kubectl'),
  'credential google': () => cli('credential', 'google'),
  'credential npm': async () => {
    const ran = await cli(
      ...['credential', 'npm', '--registry', 'https://npm.example.com/', '--write', npmrc],
    )
    return { ...ran, stdout: `eyJ in ${npmrc}` }
  },
  'the action': () => runAction(environment),
}

/** Waits until the proxy prints that it is ready, sends one request through it, and stops it. */
async function runProxy(): Promise<Ran> {
  const startedAt = performance.now()
  const args = ['proxy', '--upstream', upstream.url, '--listen', '127.0.0.1:0']
  const child = spawn(process.execPath, [CLI, ...args], { env: environment })
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const line = await new Promise<string>((resolve) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()))
    child.once('close', () => resolve('{}'))
  })
  const { url } = JSON.parse(line) as { url?: string }
  const stdout = url === undefined ? '' : await (await fetch(url)).text()
  child.kill('SIGTERM')
  const exitCode = await ended
  return { stdout, stderr, exitCode, seconds: (performance.now() - startedAt) / 1000 }
}

let faults = 0
for (const [name, run] of Object.entries(programs)) {
  refused = 0
  endsAt = performance.now() + OUTAGE_SECONDS * 1000
  const { stdout, stderr, exitCode, seconds } = await run()
  const isGood =
    exitCode === 0 && stdout.includes('eyJ') && seconds >= OUTAGE_SECONDS && refused > 1
  if (!isGood) faults += 1
  console.log(
    `${isGood ? 'good ' : 'WRONG'} ${name}: ${refused} pages, then a token after ${seconds.toFixed(1)} s`,
  )
  if (!isGood) console.log(stderr)
}
await Promise.all([front.close(), upstream.close(), world.close()])
process.exitCode = faults === 0 ? 0 : 1
