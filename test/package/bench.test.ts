import { describe, expect, it } from 'vitest'
import { ArgumentsRefused, readArguments } from '../../scripts/bench/arguments.ts'
import { createAnswerReader } from '../../scripts/bench/client/answer.ts'
import type { Slice } from '../../scripts/bench/client/job.ts'
import { parseCoreList } from '../../scripts/bench/pinning.ts'
import { cpuSeconds, mebibytes, parseProcessStat } from '../../scripts/bench/process-stat.ts'
import { compare, summarise } from '../../scripts/bench/rounds.ts'
import { pairedRatio, quartiles } from '../../scripts/bench/statistics.ts'

describe('the statistics of the benchmark', () => {
  it.each([
    { name: 'one value', values: [4], is: { q1: 4, median: 4, q3: 4 } },
    { name: 'seven values in any order', values: [7, 1, 6, 2, 5, 3, 4], is: [2.5, 4, 5.5] },
    { name: 'an even count', values: [1, 2, 3, 4], is: [1.75, 2.5, 3.25] },
  ])('takes quartiles of $name', ({ values, is }) => {
    const [q1, median, q3] = Array.isArray(is) ? is : [is.q1, is.median, is.q3]
    expect(quartiles(values)).toEqual({ q1, median, q3 })
  })

  it('has no quartiles of nothing', () => {
    expect(() => quartiles([])).toThrow('no values')
  })

  it('compares pair by pair, so that a slow minute cancels', () => {
    expect(pairedRatio([10, 100, 1000], [20, 200, 2000]).median).toBe(0.5)
    expect(pairedRatio([10, 100, 1000], [20, 200, 2000]).q1).toBe(0.5)
    expect(() => pairedRatio([1, 2], [1])).toThrow('different lengths')
  })

  const slice = (exchanges: number, cpu: number | undefined): Slice => ({
    exchanges,
    seconds: 2,
    cpuSeconds: cpu,
    p50Milliseconds: 5,
    p99Milliseconds: 9,
    mebibytes: cpu === undefined ? undefined : 100,
  })

  it('counts CPU time for each exchange, and compares by it and by throughput', () => {
    const gateway = [slice(1000, 2), slice(500, 1), slice(2000, 4)]
    const floor = [slice(4000, 2), slice(2000, 1), slice(8000, 4)]
    expect(summarise(gateway)).toMatchObject({
      cpuMicroseconds: { median: 2000 },
      exchangesPerSecond: { q1: 375, median: 500, q3: 750 },
      mebibytes: 100,
    })
    expect(compare(gateway, floor)).toEqual({
      byCpu: { q1: 0.25, median: 0.25, q3: 0.25 },
      byThroughput: { q1: 0.25, median: 0.25, q3: 0.25 },
    })
  })

  it('compares by throughput alone where CPU time cannot be read', () => {
    const slices = [slice(1000, undefined)]
    expect(summarise(slices)).toMatchObject({ cpuMicroseconds: null, mebibytes: null })
    expect(compare(slices, slices)).toMatchObject({ byCpu: null, byThroughput: { median: 1 } })
  })
})

describe('/proc/<pid>/stat', () => {
  const fields = '1 2 3 0 -1 4194560 30 0 0 0 250 75 0 0 20 0 12 0 900 5000000 25600 184'

  it.each(['workerd', 'a b', 'a) S 9 (b', ') 1 2'])('is read after the name %s', (name) => {
    const stat = parseProcessStat(`42 (${name}) S ${fields}\n`)
    expect(stat).toEqual({ userTicks: 250, systemTicks: 75, residentPages: 25_600 })
    expect(cpuSeconds(stat, 100)).toBe(3.25)
    expect(mebibytes(stat, 4096)).toBe(100)
  })

  it.each(['', '42 (workerd) S 1 2', `42 (workerd) S ${fields.replace('250', 'x')}`])(
    'is refused as %j',
    (text) => {
      expect(() => parseProcessStat(text)).toThrow('is not a number')
    },
  )

  it('has lists of cores', () => {
    expect(parseCoreList('0-2,5\n')).toEqual([0, 1, 2, 5])
    expect(parseCoreList('')).toEqual([])
  })
})

describe('the arguments of the benchmark', () => {
  it('has defaults of seven pairs and all rows', () => {
    expect(readArguments([])).toEqual({ json: false, only: undefined, pairs: 7, seconds: 2 })
  })

  it('takes a pattern in any case, a count and a length', () => {
    const args = readArguments(['--json', '--only', 'once', '--pairs', '9', '--seconds=0.5'])
    expect(args).toEqual({ json: true, only: /once/i, pairs: 9, seconds: 0.5 })
  })

  it.each([
    { args: ['--pairs', '0'], because: '--pairs must be a number above 0' },
    { args: ['--pairs', '1.5'], because: '--pairs must be a whole number' },
    { args: ['--pairs', '0x10'], because: '--pairs must be a number above 0' },
    { args: ['--seconds', '601'], because: 'at most 600' },
    { args: ['--seconds', 'NaN'], because: '--seconds must be a number' },
    { args: ['--only', '('], because: '--only must be a regular expression' },
    { args: ['--ony', 'x'], because: "Unknown option '--ony'" },
    { args: ['once'], because: 'Unexpected argument' },
  ])('refuses $args with the usage', ({ args, because }) => {
    expect(() => readArguments(args)).toThrow(ArgumentsRefused)
    expect(() => readArguments(args)).toThrow(because)
    expect(() => readArguments(args)).toThrow('usage: ')
  })
})

describe('the client of the benchmark', () => {
  const readAll = (text: string, size = text.length) => {
    const reader = createAnswerReader()
    const bytes = Buffer.from(text)
    const answers = []
    for (let at = 0; at < bytes.length; at += size) {
      answers.push(reader.read(bytes.subarray(at, at + size)))
    }
    return answers
  }
  const sized = 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\ncafé'
  const chunked =
    'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nok\r\n3\r\nays\r\n0\r\n\r\n'

  it.each([1, 7, 1000])('reads answers that arrive %d bytes at a time', (size) => {
    expect(readAll(sized, size).at(-1)).toEqual({ status: 200, body: 'café', closes: false })
    expect(readAll(chunked, size).at(-1)).toEqual({ status: 400, body: 'okays', closes: true })
    expect(
      readAll(chunked, size)
        .slice(0, -1)
        .every((answer) => answer === undefined),
    ).toBe(true)
  })

  it('reads one answer after another', () => {
    const reader = createAnswerReader()
    expect(reader.read(Buffer.from(sized))?.body).toBe('café')
    expect(reader.read(Buffer.from('HTTP/1.1 204 No Content\r\n\r\n'))?.status).toBe(204)
  })

  it.each([
    { text: 'HTTP/1.0 200 OK\r\n\r\n', because: 'not an HTTP/1.1 answer' },
    { text: 'HTTP/1.1 200 OK\r\n\r\n', because: 'without a length' },
    { text: 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nab', because: 'bytes after the answer' },
    {
      text: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nx\r\n',
      because: 'not a chunk',
    },
  ])('refuses an answer that is $because', ({ text, because }) => {
    expect(() => readAll(text)).toThrow(because)
  })
})
