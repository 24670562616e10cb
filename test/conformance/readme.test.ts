import { type ChildProcess, spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { compileTrust } from '../../src/core/rules/compile.ts'
import { root } from './support/world.ts'

const readme = readFileSync(join(root, 'README.md'), 'utf8')
const scratch = mkdtempSync(join(tmpdir(), 'edgemint-readme-'))
const children: ChildProcess[] = []

afterAll(() => {
  for (const { pid } of children) if (pid !== undefined) process.kill(-pid, 'SIGTERM')
  rmSync(scratch, { recursive: true, force: true })
})

/** The code blocks of one section, in order. */
function blocks(heading: string, language: string): readonly string[] {
  const section = readme.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? ''
  const fence = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm')
  return [...section.matchAll(fence)].map(([, code = '']) => code)
}

/** A folder whose `npx edgemint` is the built one, and whose `curl` is there on every machine. */
function prepareFolder(): { readonly cwd: string; readonly path: string } {
  const bin = join(scratch, 'bin')
  mkdirSync(bin)
  mkdirSync(join(scratch, 'examples'))
  const example = readFileSync(join(root, 'examples/trust.yaml'), 'utf8')
  writeFileSync(join(scratch, 'examples/trust.yaml'), ports(example))
  const cli = join(root, 'dist/cli/main.js')
  const curl = join(root, 'test/support/curl.ts')
  const script = (file: string) => `#!/bin/sh\nexec '${process.execPath}' '${file}' "$@"\n`
  writeFileSync(join(bin, 'npx'), `#!/bin/sh\nshift\nexec '${process.execPath}' '${cli}' "$@"\n`)
  writeFileSync(join(bin, 'curl'), script(curl))
  for (const name of ['npx', 'curl']) chmodSync(join(bin, name), 0o755)
  return { cwd: scratch, path: `${bin}${delimiter}${process.env.PATH}` }
}

/** Starts the commands of a block that end in `&`, and waits for the ready line of each. */
async function startServers(block: string, folder: { cwd: string; path: string }): Promise<void> {
  for (const command of block.trim().split('\n')) {
    const child = spawn('sh', ['-c', `exec ${command.replace(/ &$/, '')}`], {
      cwd: folder.cwd,
      env: { ...process.env, PATH: folder.path },
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    children.push(child)
    await new Promise((resolve, reject) => {
      child.stdout?.once('data', resolve)
      child.once('exit', (code) => reject(new Error(`${command} ended (${code})`)))
    })
  }
}

function runShell(
  script: string,
  folder: { cwd: string; path: string },
): Promise<{ readonly stdout: string; readonly exitCode: number | null }> {
  const child = spawn('sh', ['-e', '-c', script], {
    cwd: folder.cwd,
    env: { ...process.env, PATH: folder.path },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let stdout = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  return new Promise((resolve) => child.once('close', (exitCode) => resolve({ stdout, exitCode })))
}

/** The ports of the README may be taken on this machine; two free ones stand in for them. */
const [issuerPort, gatewayPort] = [await freePort(), await freePort()]

function ports(text: string): string {
  return text.replaceAll('7600', issuerPort).replaceAll('8787', gatewayPort)
}

function freePort(): Promise<string> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      probe.close(() => resolve(String(port)))
    })
  })
}

describe('the README', () => {
  it('its lines of curl bring a token out', async () => {
    const [servers = '', exchange = ''] = blocks('Ten lines of curl', 'sh').map(ports)
    const folder = prepareFolder()
    await startServers(servers, folder)
    const { stdout, exitCode } = await runShell(exchange, folder)
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      token_type: 'Bearer',
      expires_in: 600,
      scope: 'deploy:read deploy:write',
      decision_id: expect.stringMatching(/^dec_/),
    })
  })

  it('its rule stands in the example as it is shown', () => {
    const [shown = ''] = blocks('The rule behind it', 'yaml')
    const [rule] = (parse(shown) as { rules: Record<string, unknown>[] }).rules
    const example = parse(readFileSync(join(root, 'examples/trust.yaml'), 'utf8')) as {
      rules: { name: string; when: unknown }[]
    }
    const same = example.rules.find(({ name }) => name === rule?.name)
    expect(same?.when).toEqual(rule?.when)
  })

  it('its example compiles for a gateway on this machine', () => {
    const example: unknown = parse(readFileSync(join(root, 'examples/trust.yaml'), 'utf8'))
    const result = compileTrust(example, {
      gatewayIssuer: 'https://sts.example.com',
      maxTokenLifetimeSeconds: 3600,
      maxRuleExpirySeconds: undefined,
      localIssuers: true,
    })
    expect('problems' in result ? result.problems : []).toEqual([])
  })

  it('every link to a file leads somewhere', () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)].map(
      ([, to = '']) => to,
    )
    expect(links.length).toBeGreaterThan(5)
    for (const link of links) expect(existsSync(join(root, link)), link).toBe(true)
  })
})
