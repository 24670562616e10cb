/**
 * Which variable the token may be put into. A variable set for the job reaches every later step,
 * so a name that a shell, a loader or the runner itself acts on is refused, in any case: Windows
 * knows none, and programs read `http_proxy` and `npm_config_…` in lower case.
 */
import { StepFailure } from './step-failure.ts'

/** What a shell takes (POSIX.1-2024, 3.216). */
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/

/** The runner's own, whatever comes after. */
const RUNNER_PREFIXES = ['ACTIONS_', 'GITHUB_', 'INPUT_', 'RUNNER_', 'STATE_'] as const

/** Settings of shells, loaders, interpreters and tools. */
const PROGRAM_PREFIXES = [
  ...['BASH_', 'CURL_', 'DOCKER_', 'DOTNET_', 'DYLD_', 'GIT_', 'JAVA_', 'JDK_', 'LC_', 'LD_'],
  ...['NODE_', 'NPM_CONFIG_', 'PERL', 'PIP_', 'PYTHON', 'RUBY', 'SSH_', 'SSL_'],
] as const

/** What a tool reads as a login is no setting, such as `NODE_AUTH_TOKEN`. */
const LOGIN = /_(?:API_KEY|PASSWORD|SECRET|TOKEN)$/

const RESERVED_NAMES: ReadonlySet<string> = new Set([
  ...['ALL_PROXY', 'BROWSER', 'CC', 'CI', 'COMSPEC', 'CXX', 'EDITOR', 'ENV', 'GLIBC_TUNABLES'],
  ...['GOFLAGS', 'GOPROXY', 'GRADLE_OPTS', 'HOME', 'HTTPS_PROXY', 'HTTP_PROXY', 'IFS'],
  ...['KUBECONFIG', 'LANG', 'LESSOPEN', 'MAKEFLAGS', 'MAVEN_OPTS', 'NETRC', 'NO_PROXY', 'PAGER'],
  ...['PATH', 'PATHEXT', 'PROMPT_COMMAND', 'PS4', 'PWD', 'RUSTC_WRAPPER', 'SHELL', 'SHELLOPTS'],
  ...['TEMP', 'TMP', 'TMPDIR', 'USER', 'VISUAL', '_'],
])

export function checkEnvName(name: string): string {
  if (!NAME.test(name)) {
    throw new StepFailure('env-name must be letters, digits and _, and begin with no digit')
  }
  const capitals = name.toUpperCase()
  const begins = (prefix: string) => capitals.startsWith(prefix)
  const isSetting = PROGRAM_PREFIXES.some(begins) && !LOGIN.test(capitals)
  if (isSetting || RESERVED_NAMES.has(capitals) || RUNNER_PREFIXES.some(begins)) {
    throw new StepFailure(`env-name may not be ${name}: programs of the job act on that variable`)
  }
  return name
}
