/**
 * Which variable the token may be put into. A variable set for the job reaches every later step,
 * so a name that a shell, a loader or the runner itself acts on is refused.
 */
import { StepFailure } from './step-failure.ts'

const NAME = /^[A-Z][A-Z0-9_]{0,127}$/

/** Everything that begins so belongs to the runner, to a loader, or to a program's settings. */
const RESERVED_PREFIXES = [
  'ACTIONS_',
  'AGENT_',
  'BASH_',
  'CURL_',
  'DOCKER_',
  'DOTNET_',
  'DYLD_',
  'GIT_',
  'GITHUB_',
  'INPUT_',
  'JAVA_',
  'JDK_',
  'LC_',
  'LD_',
  'NODE_',
  'NPM_CONFIG_',
  'PERL',
  'PIP_',
  'PYTHON',
  'RUBY',
  'RUNNER_',
  'SSH_',
  'SSL_',
  'STATE_',
] as const

const RESERVED_NAMES: ReadonlySet<string> = new Set([
  'ALL_PROXY',
  'BROWSER',
  'CI',
  'COMSPEC',
  'EDITOR',
  'ENV',
  'HOME',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'IFS',
  'LANG',
  'NETRC',
  'NO_PROXY',
  'PAGER',
  'PATH',
  'PATHEXT',
  'PROMPT_COMMAND',
  'PWD',
  'SHELL',
  'SHELLOPTS',
  'TEMP',
  'TMP',
  'TMPDIR',
  'USER',
  'VISUAL',
])

export function checkEnvName(name: string): string {
  if (!NAME.test(name)) {
    throw new StepFailure('env-name must be capital letters, digits and _, and begin with a letter')
  }
  if (RESERVED_NAMES.has(name) || RESERVED_PREFIXES.some((prefix) => name.startsWith(prefix))) {
    throw new StepFailure(`env-name may not be ${name}: programs of the job act on that variable`)
  }
  return name
}
