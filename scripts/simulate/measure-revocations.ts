/**
 * Measures in virtual time how fast a revocation is seen, with the layers of the Worker and with KV
 * alone. Prints a table and the curve. Run it with `npm run bench:revocation`.
 */

import { LAYERED } from './layered.ts'
import { CURVE_SECONDS, measureSpeed, type Speed } from './revocation-speed.ts'
import { DIRECT } from './topology.ts'

const [revocations = 30, places = 300, seed = 7] = process.argv.slice(2).map(Number)
/** The design: with layers, in seconds at the 99th percentile. */
const MOST = { traffic: 2, quiet: 10 } as const

const measured: (readonly [string, Speed])[] = []
for (const [name, topology] of [
  ['layers', LAYERED],
  ['KV alone', DIRECT],
] as const) {
  measured.push([name, await measureSpeed({ topology, seed, revocations, places })])
}

console.log('| by | isolate and grain | p50 | p99 | worst |\n|---|---|---|---|---|')
for (const [name, { times }] of measured) {
  for (const [kind, { p50, p99, worst }] of Object.entries(times)) {
    const cells = [p50, p99, worst].map((seconds) => `${seconds.toFixed(1)} s`)
    console.log(`| ${[name, kind, ...cells].join(' | ')} |`)
  }
}
console.log(`\n| by | ${CURVE_SECONDS.map((seconds) => `${seconds} s`).join(' | ')} |`)
console.log(`|---|${CURVE_SECONDS.map(() => '---').join('|')}|`)
for (const [name, { curve }] of measured) {
  console.log(`| ${[name, ...curve.map((share) => `${(share * 100).toFixed(1)} %`)].join(' | ')} |`)
}
const [[, layers] = []] = measured
if (layers === undefined) throw new Error('nothing was measured')
console.log(`\n${layers.samples} times a token was watched at an isolate`)
for (const [kind, { p99 }] of Object.entries(layers.times)) {
  const most = kind.startsWith('traffic') ? MOST.traffic : MOST.quiet
  if (p99 > most) throw new Error(`${kind}: the p99 of ${p99} s is above ${most} s`)
}
