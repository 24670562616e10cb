import { expect, it } from 'vitest'
import {
  COLLECTOR,
  type CpuProfile,
  findStation,
  OUTSIDE,
  sortSamples,
} from '../../scripts/bench/profile/stations.ts'

const frame = (functionName: string, source = '') => ({
  functionName,
  url: source,
  lineNumber: 0,
  columnNumber: 0,
})

/** `exchange` calls `peek`, which decodes, and `verify`, which calls the platform. */
const profile: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame('(root)'), children: [2, 3, 8, 9] },
    { id: 2, callFrame: frame('(program)') },
    { id: 3, callFrame: frame('run', 'src/core/endpoint/token-endpoint.ts'), children: [4, 6] },
    { id: 4, callFrame: frame('peek', 'src/core/evidence/peek.ts'), children: [5] },
    { id: 5, callFrame: frame('decode', 'src/web/base64.ts') },
    { id: 6, callFrame: frame('verify', 'src/core/evidence/verify.ts'), children: [7] },
    { id: 7, callFrame: frame('verifySignature', 'src/web/signature.ts') },
    { id: 8, callFrame: frame('(garbage collector)') },
    { id: 9, callFrame: frame('(idle)') },
  ],
  samples: [2, 3, 4, 5, 6, 7, 7, 8, 9],
  timeDeltas: [10, 10, 10, 10, 10, 20, 20, 10, 900],
}

it('sorts samples by the innermost function with a station, and leaves idle time out', () => {
  const sorted = sortSamples(profile, ({ url }) => url || undefined)
  const shares = Object.fromEntries(
    sorted.map(({ station, share, cryptoShare }) => [station, [share, cryptoShare]]),
  )
  expect(shares).toEqual({
    '2 peek': [0.2, 0],
    '5 verify': [0.5, 0.4],
    'the order of the stations': [0.1, 0],
    [COLLECTOR]: [0.1, 0],
    [OUTSIDE]: [0.1, 0],
  })
})

it.each([
  ['../../src/core/endpoint/form.ts', '1 parse'],
  ['../../src/core/policy/decide/evaluate.ts', '7 decide'],
  ['../../src/core/tokens/issue.ts', '9 issue'],
  ['../../src/worker/http/respond.ts', '10 render'],
  ['../../src/worker/caches/decisions/record-queue.ts', '11 record'],
  ['../../node_modules/hono/dist/hono-base.js', 'shell: host, route, body, answer'],
  ['../../src/web/base64.ts', undefined],
])('%s belongs to %s', (source, station) => {
  expect(findStation(source)).toBe(station)
})
