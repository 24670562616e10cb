/**
 * Checks the name of the variable for the token. A variable of the job reaches every later step, so
 * names that a shell, a loader or the runner uses are refused. The check ignores case: names on
 * Windows are case-insensitive, and programs read `http_proxy` and `npm_config_…` in lower case.
 */
import { StepFailure } from './step-failure.ts'

/** A name that a shell accepts (POSIX.1-2024, 3.216). */
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/

/** Prefixes of the runner's own variables. */
const RUNNER_PREFIXES = ['ACTIONS_', 'GITHUB_', 'INPUT_', 'RUNNER_', 'STATE_'] as const

/** Prefixes of settings of shells, loaders, interpreters and tools. */
const PROGRAM_PREFIXES = [
  ...['BASH_', 'CARGO_', 'CMAKE_', 'CURL_', 'DOCKER_', 'DOTNET_', 'DYLD_', 'GIT_'],
  ...['EDGEMINT_DOCKER_', 'EDGEMINT_SUBJECT_TOKEN_'],
  ...['JAVA_', 'JDK_', '_JAVA_', 'LC_', 'LD_', 'MALLOC_', 'NODE_', 'NPM_CONFIG_', 'PERL', 'PIP_'],
  ...['PYTHON', 'RUBY', 'SSH_', 'SSL_', 'TF_CLI_', 'XDG_'],
] as const

/** Names with these endings contain a login and not a setting, such as `NODE_AUTH_TOKEN`. */
const LOGIN = /_(?:API_KEY|PASSWORD|SECRET|TOKEN)$/

const RESERVED_NAMES: ReadonlySet<string> = new Set([
  ...['ALL_PROXY', 'APPDATA', 'BASHOPTS', 'BROWSER', 'CC', 'CDPATH', 'CFLAGS', 'CI', 'CLASSPATH'],
  ...['COMSPEC', 'CXX', 'EDITOR', 'ENV', 'EUID', 'GCONV_PATH', 'GLIBC_TUNABLES', 'GLOBIGNORE'],
  ...['EDGEMINT_AUDIENCE', 'EDGEMINT_DEBUG', 'EDGEMINT_PROXY_URL', 'EDGEMINT_RESOURCE'],
  ...['EDGEMINT_RETRY_SECONDS', 'EDGEMINT_RULE', 'EDGEMINT_SCOPE', 'EDGEMINT_TOKEN_FILE'],
  ...['EDGEMINT_URL', 'GOBIN', 'GOFLAGS', 'GOPATH', 'GOPROXY', 'GOROOT', 'GRADLE_OPTS', 'HOME'],
  ...['HOSTALIASES', 'HTTPS_PROXY', 'HTTP_PROXY', 'IFS', 'KUBECONFIG', 'LANG', 'LANGUAGE'],
  ...['LDFLAGS', 'LESSCLOSE', 'LESSOPEN', 'LOCALAPPDATA', 'LOCPATH', 'LOGNAME', 'MAKEFLAGS'],
  ...['MAVEN_OPTS', 'NETRC', 'NLSPATH', 'NO_PROXY', 'OLDPWD', 'PAGER', 'PATH', 'PATHEXT', 'PPID'],
  ...['PROMPT_COMMAND', 'PS4', 'PSMODULEPATH', 'PWD', 'RUSTC_WRAPPER', 'RUSTFLAGS', 'SHELL'],
  ...['SHELLOPTS', 'SYSTEMROOT', 'TEMP', 'TERM', 'TERMINFO', 'TMP', 'TMPDIR', 'TZ', 'UID'],
  ...['USER', 'USERNAME', 'USERPROFILE', 'VISUAL', 'WINDIR', 'ZDOTDIR', '_'],
])

export function checkEnvName(name: string): string {
  if (!NAME.test(name)) {
    throw new StepFailure('env-name must be letters, digits and _, and must not begin with a digit')
  }
  const capitals = name.toUpperCase()
  const begins = (prefix: string) => capitals.startsWith(prefix)
  const isSetting = PROGRAM_PREFIXES.some(begins) && !LOGIN.test(capitals)
  if (isSetting || RESERVED_NAMES.has(capitals) || RUNNER_PREFIXES.some(begins)) {
    throw new StepFailure(`env-name must not be ${name}: other programs read this variable`)
  }
  return name
}
