/** Reads HTTP/1.1 answers from a stream of bytes: only what the servers of the benchmark send. */

export type Answer = {
  readonly status: number
  readonly body: string
  /** The server closes the connection after this answer. */
  readonly closes: boolean
}

export type AnswerReader = {
  /** The answer when these bytes complete it. Throws when they are none. */
  readonly read: (bytes: Buffer) => Answer | undefined
}

type Body = { readonly text: string } | undefined

const HEAD_END = '\r\n\r\n'

/** One request is under way at a time, so bytes after an answer are a fault. */
export function createAnswerReader(): AnswerReader {
  let text = ''
  return {
    read(bytes) {
      // One character a byte, so that Content-Length counts characters.
      text += bytes.toString('latin1')
      const end = text.indexOf(HEAD_END)
      if (end === -1) return undefined
      const head = text.slice(0, end)
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1])
      if (Number.isNaN(status)) throw new Error('not an HTTP/1.1 answer')
      const body = readBody(head, status, text.slice(end + HEAD_END.length))
      if (body === undefined) return undefined
      text = ''
      return {
        status,
        body: Buffer.from(body.text, 'latin1').toString(),
        closes: /^connection: *close/im.test(head),
      }
    },
  }
}

function readBody(head: string, status: number, rest: string): Body {
  if (/^transfer-encoding: *chunked/im.test(head)) return readChunks(rest)
  const stated = /^content-length: *(\d+)/im.exec(head)?.[1]
  if (stated === undefined && status !== 204 && status !== 304) {
    throw new Error('an answer without a length')
  }
  const length = Number(stated ?? 0)
  if (rest.length > length) throw new Error('bytes after the answer')
  return rest.length === length ? { text: rest } : undefined
}

/** RFC 9112 §7.1, without trailers. */
function readChunks(rest: string): Body {
  let body = ''
  let at = 0
  for (;;) {
    const end = rest.indexOf('\r\n', at)
    if (end === -1) return undefined
    const length = Number.parseInt(rest.slice(at, end), 16)
    if (Number.isNaN(length)) throw new Error('not a chunk')
    const next = end + 2 + length + 2
    if (rest.length < next) return undefined
    if (length === 0) return { text: body }
    body += rest.slice(end + 2, end + 2 + length)
    at = next
  }
}
