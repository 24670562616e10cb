import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { readBounded } from '../../src/web/read-bounded.ts'

const PIECES = ['ab', '', 'cde'].map((text) => new TextEncoder().encode(text))

/** A web stream that records how it ended. */
function webStream(pieces: readonly Uint8Array[]) {
  const seen = { pulls: 0, isCancelled: false }
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const piece = pieces[seen.pulls]
        seen.pulls += 1
        if (piece === undefined) controller.close()
        else controller.enqueue(piece)
      },
      cancel() {
        seen.isCancelled = true
      },
    },
    { highWaterMark: 0 },
  )
  return { stream, seen }
}

const SOURCES = {
  'a web stream': () => webStream(PIECES).stream,
  'a Node stream': () => Readable.from(PIECES, { objectMode: true }),
}

describe.each(Object.entries(SOURCES))('%s', (_, open) => {
  it('is read completely up to the limit', async () => {
    expect(new TextDecoder().decode(await readBounded(open(), 5))).toBe('abcde')
  })

  it('NET-07 is refused one byte beyond the limit', async () => {
    expect(await readBounded(open(), 4)).toBeUndefined()
  })
})

describe('a body', () => {
  it('that is absent is empty', async () => {
    expect(await readBounded(null, 0)).toEqual(new Uint8Array())
  })

  it('NET-07 that has no end is cancelled at the limit', async () => {
    const { stream, seen } = webStream(Array.from({ length: 1000 }, () => new Uint8Array(10)))
    expect(await readBounded(stream, 25)).toBeUndefined()
    expect(seen).toEqual({ pulls: 3, isCancelled: true })
  })

  it('that fails rejects with the reason', async () => {
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.error(new Error('reset'))
      },
    })
    await expect(readBounded(stream, 25)).rejects.toThrow('reset')
  })

  it('that ended by itself is not cancelled', async () => {
    const { stream, seen } = webStream(PIECES)
    await readBounded(stream, 100)
    expect(seen).toEqual({ pulls: 4, isCancelled: false })
  })
})
