/**
 * The log of `serve --production`: one JSON object on each line of stderr. Lines of the Worker are
 * objects already. Text of `serve`, of workerd and of a crash becomes the
 * `message` of one, without anything that looks like a token.
 */
import { Writable } from 'node:stream'
import { makePlainJson } from '../../../web/text/plain.ts'

export type JsonLog = {
  /** For the messages of every other part of the command line. */
  readonly stderr: Writable
  readonly event: (event: { readonly event: string; readonly [member: string]: unknown }) => void
  /** A line of the Worker or of workerd. */
  readonly line: (text: string) => void
}

/** Longer text, such as a stack of workerd, is cut. */
const MAX_MESSAGE_CHARACTERS = 2000
/** Three parts of base64url, of which the first is a JSON object: a JWT, whatever is around it. */
const TOKEN = /eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g

export function createJsonLog(stderr: Writable): JsonLog {
  function write(value: object): void {
    stderr.write(`${makePlainJson(JSON.stringify(value))}\n`)
  }

  function line(text: string): void {
    const record = parseRecord(text)
    if (record !== undefined) write(record)
    else if (text.trim() !== '') write(describeText('workerd_output', text))
  }

  return {
    line,
    event: ({ event, ...members }) => write({ event, at: now(), ...members }),
    stderr: new Writable({
      decodeStrings: false,
      write(chunk: unknown, _encoding, done) {
        for (const text of String(chunk).split('\n')) {
          const message = text.replace(/^edgemint: /, '')
          if (message.trim() !== '') write(describeText('serve_message', message))
        }
        done()
      },
    }),
  }
}

function describeText(event: string, text: string) {
  const message = text.slice(0, MAX_MESSAGE_CHARACTERS).replace(TOKEN, '[token]')
  return { event, at: now(), message }
}

function parseRecord(text: string): object | undefined {
  if (!text.startsWith('{')) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

function now(): number {
  return Math.floor(Date.now() / 1000)
}
