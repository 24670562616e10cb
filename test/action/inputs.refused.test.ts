/** Inputs that the action refuses before it requests a token. */
import { describe, expect, it } from 'vitest'
import { startJob } from './support/job.ts'

const { runner, idTokens, inputs } = await startJob()

/** Parses an annotation as the runner shows it. */
function annotation(stdout: string): { level: string; lines: readonly string[] } {
  const [, level = '', text = ''] = /^::(\w+) title=Edgemint::(.*)\n$/.exec(stdout) ?? []
  const lines = text.split('%0A').map((line) => line.replaceAll('%25', '%'))
  return { level, lines }
}

describe('an invalid input is refused before a token is requested', () => {
  it.each([
    ['url', { url: '' }, 'the input url is missing'],
    ['plain http', { url: 'http://sts.example.com' }, /^url must be https/],
    [
      'password in url',
      { url: 'https://a:b@sts.example.com' },
      /^url must not contain a user name/,
    ],
    ['resource', { resource: ' ' }, 'the input resource is missing'],
    [
      'query in url',
      { url: 'https://sts.example.com/?a' },
      'url must have no query and no fragment',
    ],
    [
      'dot in url',
      { url: 'https://sts.example.com.' },
      'url must have no dot at the end of its host',
    ],
    ['seconds', { 'retry-seconds': '1m' }, 'retry-seconds must be a number from 0 to 3600'],
    ['lifetime', { lifetime: '10m' }, 'lifetime must be a whole number of seconds, 10 or more'],
    ['lifetime', { lifetime: '10000000000' }, 'lifetime must be at most 9999999999 seconds'],
    ['lifetime', { lifetime: '9' }, 'lifetime must be a whole number of seconds, 10 or more'],
    ['form', { output: 'output, clipboard' }, /^output must be one or more of output, env, file/],
    ['rule of two lines', { rule: 'a\nb' }, 'rule must not contain control characters'],
    ['very long rule', { rule: 'a'.repeat(2049) }, 'rule is longer than 2048 characters'],
    ['netrc without host', { output: 'netrc' }, 'output netrc needs the input host'],
    ['npmrc without registry', { output: 'npmrc' }, 'output npmrc needs the input registry'],
    ['host with a path', { output: 'netrc', host: 'a.example/b' }, /^host must be a host, without/],
    ['port in netrc', { output: 'netrc', host: 'a.example:81' }, /^netrc does not support ports/],
    ['plain http host', { output: 'git-credential', host: 'http://a.example' }, /^host must be h/],
    ['scheme', { output: 'git-credential', host: 'ssh://a.example' }, /^host must be a host, such/],
    ['two hosts', { output: 'netrc', host: 'a.example b.example' }, /^host must be a host, such/],
    ['login in host', { output: 'netrc', host: 'me@a.example' }, /^host must be a host, such/],
    ['lines in host', { output: 'netrc', host: 'a\nmachine b' }, /^host must not contain control/],
    ['key in registry', { output: 'npmrc', registry: 'a/:_authToken=x' }, /^registry must be/],
    ['user name', { output: 'netrc', host: 'a.example', username: 'a b' }, /^username must be/],
    [
      'path of a folder',
      { output: 'file', file: 'dir/token/' },
      /^file must be the path of a file/,
    ],
    ['path of two lines', { output: 'file', file: 'a\nb' }, /^file must not contain control/],
  ])('and its fault is named: %s', async (_name, change, sentence) => {
    const { stdout, exitCode, state } = await runner.main({ ...inputs, ...change })
    const [first] = annotation(stdout).lines
    if (typeof sentence === 'string') expect(first).toBe(sentence)
    else expect(first).toMatch(sentence)
    expect([exitCode, state, idTokens.audiences]).toEqual([1, {}, []])
  })

  it.each([
    ...['PATH', 'NODE_OPTIONS', 'LD_PRELOAD', 'DYLD_INSERT_LIBRARIES', 'BASH_ENV', 'ENV', 'HOME'],
    ...['GITHUB_TOKEN', 'GITHUB_ENV', 'RUNNER_TEMP', 'ACTIONS_RUNTIME_TOKEN', 'INPUT_URL'],
    ...['STATE_token', 'GIT_SSH_COMMAND', 'PYTHONPATH', 'PERL5LIB', 'RUBYOPT', 'HTTPS_PROXY'],
    ...['_JAVA_OPTIONS', 'CARGO_HOME', 'CLASSPATH', 'RUSTFLAGS', 'XDG_CONFIG_HOME', 'GOPATH'],
    ...['TF_CLI_CONFIG_FILE', 'GCONV_PATH', 'BASHOPTS', 'ZDOTDIR', 'PSModulePath', 'EDGEMINT_URL'],
    // Names on Windows are case-insensitive, and many programs read both spellings.
    ...['path', 'http_proxy', 'npm_config_registry', 'github_env', 'ld_preload', 'Home'],
    ...[
      'MAKEFLAGS',
      'NETRC',
      'NODE_EXTRA_CA_CERTS',
      '_',
      '1ST',
      'é',
      'A-B',
      'A=B',
      'A B',
      'A\nPATH',
      'A<<B',
    ],
  ])('refuses env-name %j', async (name) => {
    const { stdout, exitCode, variables } = await runner.main({
      ...inputs,
      output: 'env',
      'env-name': name,
    })
    expect(annotation(stdout).lines[0]).toMatch(
      /^env-name (must|may) not|^env-name must be letters, digits/,
    )
    expect([exitCode, variables, idTokens.audiences]).toEqual([1, {}, []])
  })
})
