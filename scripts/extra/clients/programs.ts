/**
 * The client programs: which tool each needs, how it is built and how it is run. What a program
 * checks stands in the program; the addresses and tokens that it needs come from `world.ts`.
 */
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify, stripVTControlCharacters } from 'node:util'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../../..')
/** Builds are kept between runs. Sources are copied there, so that nothing is built in the tree. */
const CACHE = join(root, 'node_modules/.cache/clients')

export type Client = {
  /** The client as its users know it. */
  readonly name: string
  readonly language: 'go' | 'java' | 'node' | 'python' | 'rust'
  readonly command: readonly string[]
  /** The client accepts `https` issuers alone. */
  readonly needsTls?: boolean
}

type Language = {
  /** Programs that must be on the machine, with an argument that makes each print its version. */
  readonly tools: readonly (readonly [string, string])[]
  readonly build: readonly (readonly string[])[]
}

/** A first build downloads and compiles every dependency on a busy machine of two cores. */
const BUILD_MILLISECONDS = 900_000
const RUN_MILLISECONDS = 120_000

const LANGUAGES: Readonly<Record<Client['language'], Language>> = {
  go: { tools: [['go', 'version']], build: [['go', 'build', '-o', 'bin/', './...']] },
  java: {
    tools: [
      ['java', '-version'],
      ['mvn', '--version'],
    ],
    build: [['mvn', '-q', '-B', '-Dstyle.color=never', 'compile']],
  },
  node: { tools: [['npm', '--version']], build: [['npm', 'ci', '--ignore-scripts', '--no-audit']] },
  python: {
    tools: [['python3', '--version']],
    build: [
      ['python3', '-m', 'venv', 'venv'],
      ['venv/bin/pip', 'install', '--quiet', '--requirement', 'requirements.txt'],
    ],
  },
  rust: { tools: [['cargo', '--version']], build: [['cargo', 'build', '--quiet', '--locked']] },
}

export const CLIENTS: readonly Client[] = [
  {
    name: 'MCP TypeScript SDK, discovery',
    language: 'node',
    command: ['node', 'mcp-discovery.js'],
  },
  { name: 'get-jwks', language: 'node', command: ['node', 'get-jwks.js'] },
  {
    name: 'aws-jwt-verify',
    language: 'node',
    command: ['node', 'aws-jwt-verify.js'],
    needsTls: true,
  },
  { name: 'requests-oauthlib', language: 'python', command: ['venv/bin/python', 'exchange.py'] },
  { name: 'zitadel/oidc token exchange', language: 'go', command: ['bin/zitadel'] },
  { name: 'openidconnect (Rust)', language: 'rust', command: ['target/debug/clients'] },
  {
    name: 'Spring Security client and decoder',
    language: 'java',
    command: ['mvn', '-q', '-B', '-Dstyle.color=never', 'exec:java'],
  },
]

/** The first tool of a language that this machine lacks. */
export async function findMissingTool(language: Client['language']): Promise<string | undefined> {
  for (const [tool, flag] of LANGUAGES[language].tools) {
    try {
      await run(tool, [flag])
    } catch {
      return tool
    }
  }
  return undefined
}

/** Builds the programs of one language and returns the folder they are in. */
export async function build(language: Client['language']): Promise<string> {
  const folder = join(CACHE, language)
  mkdirSync(folder, { recursive: true })
  if (language === 'go' || language === 'java')
    rmSync(join(folder, 'src'), { recursive: true, force: true })
  cpSync(join(import.meta.dirname, language), folder, { recursive: true })
  for (const [program = '', ...words] of LANGUAGES[language].build) {
    await run(inFolder(folder, program), words, { cwd: folder, timeout: BUILD_MILLISECONDS })
  }
  return folder
}

/** Runs one client program and returns the line that it prints. */
export async function runClient(
  { command }: Client,
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const [program = '', ...words] = command
  const { stdout } = await run(inFolder(folder, program), words, {
    cwd: folder,
    env: { ...process.env, ...environment },
    timeout: RUN_MILLISECONDS,
  })
  const lines = stripVTControlCharacters(stdout)
    .split('\n')
    .filter((line) => /[a-z]{3}/.test(line))
  return lines.at(-1)?.trim() ?? ''
}

/** A path below the folder, or a program of the machine. */
function inFolder(folder: string, program: string): string {
  return program.includes('/') ? join(folder, program) : program
}
