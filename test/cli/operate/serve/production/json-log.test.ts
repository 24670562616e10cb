import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { readLog } from '../../../../../scripts/extra/home/world.ts'
import { createJsonLog, type JsonLog } from '../../../../../src/cli/operate/production/json-log.ts'

async function logOf(write: (log: JsonLog) => void) {
  const stream = new PassThrough()
  const written = text(stream)
  write(createJsonLog(stream))
  stream.end()
  return readLog(await written)
}

const at = expect.any(Number)

describe('the log of a gateway in production', () => {
  it('keeps the records of the Worker, and the members of an event', async () => {
    const lines = await logOf((log) => {
      log.line('{"event":"decision","at":1,"outcome":"granted"}')
      log.event({ event: 'stopped', level: 'info', cutRequests: 0 })
    })
    expect(lines).toEqual([
      { event: 'decision', at: 1, outcome: 'granted' },
      { event: 'stopped', at, level: 'info', cutRequests: 0 },
    ])
  })

  it('makes an object of every line of text', async () => {
    const lines = await logOf((log) => {
      log.stderr.write('edgemint: first\nedgemint: hint: second\n')
      log.line('workerd/server.c++:1: warning\n  at stack')
      log.line('"text"')
      log.line('{ not json')
      log.line('')
    })
    expect(lines).toEqual([
      { event: 'serve_message', at, message: 'first' },
      { event: 'serve_message', at, message: 'hint: second' },
      { event: 'workerd_output', at, message: 'workerd/server.c++:1: warning\n  at stack' },
      { event: 'workerd_output', at, message: '"text"' },
      { event: 'workerd_output', at, message: '{ not json' },
    ])
  })

  it('LOG-02 lets no text forge a line, and escapes what a terminal would act on', async () => {
    const stream = new PassThrough()
    const written = text(stream)
    createJsonLog(stream).line('a\n{"event":"decision"}\r\u2028\u001b[31m\u202e')
    stream.end()
    const line = await written
    expect(line.trimEnd().split(/[\n\r\u2028]/)).toHaveLength(1)
    expect(['\u001b', '\u202e'].filter((mark) => line.includes(mark))).toEqual([])
    expect(JSON.parse(line)).toMatchObject({ event: 'workerd_output' })
  })

  it('LOG-01 writes no token of text that it does not know, and cuts what is long', async () => {
    const token = `${Buffer.from('{"alg":"ES256"}').toString('base64url')}.e30.c2lnbmF0dXJl`
    const [said, long] = await logOf((log) => {
      log.line(`failed for Bearer ${token}: no`)
      log.line('x'.repeat(5000))
    })
    expect(said?.message).toBe('failed for Bearer [token]: no')
    expect(String(long?.message)).toHaveLength(2000)
  })
})
