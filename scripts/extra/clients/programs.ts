/**
 * The client programs: the tools that each needs, how it is built and how it is run. Each program
 * contains its own checks. Its addresses and tokens come from `world.ts`.
 */
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify, stripVTControlCharacters } from 'node:util'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../../..')
/**
 * Builds are kept between runs. Sources are copied into this folder, so that the repository gets no
 * build output.
 */
const CACHE = join(root, 'node_modules/.cache/clients')

export type Client = {
  /** The name that users of the client know. */
  readonly name: string
  readonly language: 'go' | 'java' | 'node' | 'python' | 'rust'
  readonly command: readonly string[]
  /** The client accepts only `https` issuers. */
  readonly needsTls?: boolean
}

type Language = {
  /** Programs that the machine needs, each with the argument that makes it print its version. */
  readonly tools: readonly (readonly [string, string])[]
  readonly build: readonly (readonly string[])[]
}

/** A first build downloads and compiles every dependency, on a busy machine with two cores. */
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

const node = (name: string, file: string): Client => ({
  ...{ name, language: 'node', command: ['node', `${file}.js`] },
})
const python = (name: string, file: string): Client => ({
  ...{ name, language: 'python', command: ['venv/bin/python', `${file}.py`] },
})
const go = (name: string, program: string): Client => ({
  ...{ name, language: 'go', command: [`bin/${program}`] },
})
const rust = (name: string, program: string): Client => ({
  ...{ name, language: 'rust', command: [`target/debug/${program}`] },
})
const java = (name: string, main: string): Client => ({
  ...{ name, language: 'java' },
  command: [
    'mvn',
    '-q',
    '-B',
    '-Dstyle.color=never',
    'exec:java',
    `-Dexec.mainClass=example.${main}`,
  ],
})

/** The rows of docs/clients.md. */
export const CLIENTS: readonly Client[] = [
  node('oauth4webapi', 'oauth4webapi'),
  node('openid-client', 'openid-client'),
  node('simple-oauth2', 'simple-oauth2'),
  node('google-auth-library', 'google-auth-library'),
  { ...node('MSAL for Node', 'msal-node'), needsTls: true },
  { ...node('@azure/identity', 'azure-identity'), needsTls: true },
  node('MCP TypeScript SDK, discovery', 'mcp-discovery'),
  node('get-jwks', 'get-jwks'),
  { ...node('aws-jwt-verify', 'aws-jwt-verify'), needsTls: true },
  python('requests-oauthlib', 'requests_oauthlib_exchange'),
  python('requests-oauth2client', 'requests_oauth2client_grants'),
  python('Authlib', 'authlib_grants'),
  python('google-auth', 'google_auth'),
  python('PyJWT', 'pyjwt_verify'),
  { ...python('MSAL for Python', 'msal_oidc'), needsTls: true },
  go('golang.org/x/oauth2', 'oauth2'),
  go('go-oidc', 'gooidc'),
  go('zitadel/oidc', 'zitadel'),
  { ...go('go-spiffe, JWT-SVIDs and the bundle', 'spiffe'), needsTls: true },
  rust('openidconnect (Rust)', 'openidconnect'),
  { ...rust('oauth2 (Rust)', 'oauth2'), needsTls: true },
  java('Spring Security client and decoder', 'Spring'),
  java('Nimbus', 'Nimbus'),
  { ...java('google-auth for Java', 'GoogleAuth'), needsTls: true },
]

/** Returns the first tool of a language that this machine does not have. */
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

/** Returns a path below the folder, or the name of a program on the PATH. */
function inFolder(folder: string, program: string): string {
  return program.includes('/') ? join(folder, program) : program
}
