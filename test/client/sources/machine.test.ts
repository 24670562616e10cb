/** Sources that read files, run commands and post to sockets of this machine. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { fromCommand, fromFile, fromVariable, openSource } from '../../../src/client/index.ts'
import { failureOf } from '../support/failure.ts'
import { type Answers, createScratch, platformOf, serve } from '../support/platform.ts'

const scratch = createScratch()
const audience = 'https://sts.example.com'
const node = process.execPath

describe('a file', () => {
  test('is read each time, without its line end', async () => {
    const path = scratch.write('rotated', 'first.token.x\r\n')
    const source = fromFile(path)
    expect(await source.getSubjectToken({ audience })).toBe('first.token.x')
    writeFileSync(path, 'second.token.x')
    expect(await source.getSubjectToken({ audience })).toBe('second.token.x')
  })

  test.each([
    [
      'does not exist',
      join(scratch.folder, 'nowhere'),
      `file: no such file or command: ${join(scratch.folder, 'nowhere')}`,
    ],
    [
      'has the name of a token, which is not shown',
      'header.claims.x',
      'file: no such file or command',
    ],
    ['is a directory', scratch.folder, 'file: failed (EISDIR)'],
    ['is empty', scratch.write('empty', '\n'), 'file: returned no token'],
    [
      'contains two words',
      scratch.write('two', 'a b'),
      'file: returned text that is not one token',
    ],
    [
      'contains a quoted token',
      scratch.write('quoted', '"a.b.c"'),
      'file: returned text that is not one token',
    ],
    [
      'contains a variable that was not replaced',
      scratch.write('unset', '$CI_JOB_TOKEN'),
      'file: returned text that is not one token',
    ],
    ['is too large', scratch.write('large', 'x'.repeat(40_000)), 'file: failed'],
  ])('that %s gives no token', async (_name, path, description) => {
    const error = await failureOf(fromFile(path).getSubjectToken({ audience }))
    expect(error).toMatchObject({ code: 'source_unavailable', description, isTemporary: false })
  })
})

describe('a variable', () => {
  test('is read each time', async () => {
    const environment: Record<string, string> = { TOKEN: 'a.b.c' }
    const source = fromVariable('TOKEN', platformOf(environment))
    expect(await source.getSubjectToken({ audience })).toBe('a.b.c')
    environment.TOKEN = 'd.e.f'
    expect(await source.getSubjectToken({ audience })).toBe('d.e.f')
  })

  test('that is empty counts as not set', async () => {
    const error = await failureOf(
      fromVariable('TOKEN', platformOf({ TOKEN: '' })).getSubjectToken({ audience }),
    )
    expect(error.description).toBe('variable: TOKEN is not set')
  })
})

describe('a command', () => {
  const program = (source: string) => fromCommand([node, '-e', source])

  test('gets its arguments unchanged, without a shell', async () => {
    const text = '$HOME;`id`|x'
    const print = 'Buffer.from(process.argv[1]).toString("base64url")'
    const source = fromCommand([node, '-p', print, text])
    const token = await source.getSubjectToken({ audience })
    expect(Buffer.from(token, 'base64url').toString()).toBe(text)
  })

  test('has an empty stdin', async () => {
    const source = program('process.stdin.on("end", () => console.log("a.b.c")).resume()')
    expect(await source.getSubjectToken({ audience })).toBe('a.b.c')
  })

  test.each([
    ['exits with another code', 'process.exit(7)', 'command: the command exited with code 7'],
    [
      'prints too much',
      'process.stdout.write("x".repeat(1e6))',
      'command: failed (ERR_CHILD_PROCESS_STDIO_MAXBUFFER)',
    ],
    ['prints nothing', '', 'command: returned no token'],
  ])('that %s gives no token', async (_name, source, description) => {
    const error = await failureOf(program(source).getSubjectToken({ audience }))
    expect(error).toMatchObject({ code: 'source_unavailable', description })
  })

  test('reveals neither its stderr nor its arguments', async () => {
    const source = fromCommand([node, '-e', 'console.error("hunter2"); process.exit(1)', 'hunter3'])
    const error = await failureOf(source.getSubjectToken({ audience }))
    expect(inspect(error, { depth: 9 })).not.toMatch(/hunter/)
  })

  test('ends at once with the caller’s signal, even when a child process continues', async () => {
    const started =
      'require("child_process").spawn(process.execPath, ["-e", "setTimeout(() => {}, 3000)"], { stdio: "inherit" })'
    const caller = new AbortController()
    const token = program(`${started}; setInterval(() => {}, 1000)`).getSubjectToken({
      audience,
      signal: caller.signal,
    })
    setImmediate(() => caller.abort(new Error('the caller has gone')))
    await expect(token).rejects.toThrow('the caller has gone')
  })

  test('in a variable may be a JSON array with any text', async () => {
    const command = JSON.stringify([node, '-p', '"a.b" + ".c"'])
    const platform = platformOf({ EDGEMINT_SUBJECT_TOKEN_COMMAND: command })
    const source = openSource('command', { platform })
    expect(await source.getSubjectToken({ audience })).toBe('a.b.c')
  })

  test.each(['[]', '[1]', '[""]', '["a"', '{"a":1} "b"', '   '])(
    'in a variable must not be %j',
    async (command) => {
      const platform = platformOf({ EDGEMINT_SUBJECT_TOKEN_COMMAND: command })
      const error = await failureOf(
        openSource('command', { platform }).getSubjectToken({ audience }),
      )
      expect(error.description).toMatch(/^command: EDGEMINT_SUBJECT_TOKEN_COMMAND must be words/)
    },
  )
})

describe('a socket', () => {
  let answer: Answers = (_, response) => response.end()
  const socketPath = join(scratch.folder, 'api.sock')
  const listening = serve((request, response) => answer(request, response), socketPath)
  const ask = async (path = socketPath) => {
    await listening
    const platform = platformOf({ EDGEMINT_FLY_SOCKET: path })
    return openSource('fly', { platform }).getSubjectToken({ audience })
  }

  test('receives the audience as JSON', async () => {
    answer = (request, response) => {
      let body = ''
      request.on('data', (chunk) => {
        body += String(chunk)
      })
      request.on('end', () => {
        response.end(`${request.method}.${request.url?.replaceAll('/', '-')}.${btoa(body)}`)
      })
    }
    const body = btoa(JSON.stringify({ aud: audience }))
    expect(await ask()).toBe(`POST.-v1-tokens-oidc.${body}`)
  })

  test('may return the token in JSON', async () => {
    answer = (_, response) => response.end('{"token":"a.b.c"}')
    expect(await ask()).toBe('a.b.c')
  })

  test.each<[string, Answers, string]>([
    ['refuses', (_, response) => response.writeHead(403).end('x'), 'the platform answered 403'],
    ['returns too much', (_, response) => response.end('x'.repeat(40_000)), 'failed'],
    ['closes the connection', (request) => request.socket.destroy(), 'failed (ECONNRESET)'],
  ])('that %s gives no token', async (_name, next, sentence) => {
    answer = next
    expect((await failureOf(ask())).description).toBe(`fly: ${sentence}`)
  })

  test.each<[string, string, string, boolean]>([
    ['nothing', '', 'returned no token', true],
    ['an empty token', '{"token":""}', 'returned no token', true],
    ['null as the token', '{"token":null}', 'returned no token', true],
    ['another object', '{"error":"x"}', 'the answer has no token', false],
    ['a page', '<html>', 'returned text that is not one token', false],
  ])('that returns %s gives no token', async (_name, body, sentence, isTemporary) => {
    answer = (_, response) => response.end(body)
    expect(await failureOf(ask())).toMatchObject({ description: `fly: ${sentence}`, isTemporary })
  })

  test('that does not exist gives no token', async () => {
    const error = await failureOf(ask(join(scratch.folder, 'nowhere.sock')))
    expect(error.description).toBe('fly: no such file or command')
  })
})

test.each<[string, () => unknown, string]>([
  ['fromVariable without a name', () => fromVariable(''), 'name must be'],
  ['fromFile without a path', () => fromFile(undefined as never), 'path must be'],
  ['fromCommand with a string', () => fromCommand('vault read' as never), 'command must be a list'],
  ['fromCommand without a program', () => fromCommand([] as never), 'command must be a list'],
])('%s throws TypeError at once', (_name, open, message) => {
  expect(open).toThrow(TypeError)
  expect(open).toThrow(message)
})
