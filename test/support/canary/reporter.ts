/**
 * Prints before the summary of a run how many texts were searched for the canary. Ends a complete
 * run with exit code 1 when an expected kind of text was never searched.
 */
import type { Reporter, TestModule, Vitest } from 'vitest/node'
import { type Counts, noneYet, PLACES } from './watch.ts'

/** The kinds of text that the tests of each project produce. Pure code logs and stores nothing. */
const EXPECTED: Readonly<Record<string, readonly (keyof Counts)[]>> = {
  core: [],
  policy: [],
  exchange: ['log lines', 'answers'],
  analysis: [],
  property: ['log lines', 'answers'],
  node: ['lines of programs'],
  worker: ['log lines', 'answers', 'stored rows'],
  conformance: ['answers', 'stored rows', 'lines of programs'],
  package: ['lines of programs'],
}

export function createCanaryReporter(): Reporter {
  let vitest: Vitest | undefined
  let isWhole = false
  return {
    onInit(started) {
      vitest = started
    },
    async onTestRunStart(files) {
      const all = await vitest?.globTestSpecifications()
      isWhole = files.length === all?.length && vitest?.getGlobalTestNamePattern() === undefined
    },
    onTestRunEnd(modules) {
      const sums = sumUp(modules)
      const looked = PLACES.map((place) => `${total(sums, place)} ${place}`).join(', ')
      process.stdout.write(`\n Canary  searched for in ${looked}\n`)
      for (const gap of isWhole ? gapsOf(sums) : []) {
        process.stderr.write(`\n Canary  not searched: ${gap}\n`)
        process.exitCode = 1
      }
    },
  }
}

type Sums = ReadonlyMap<string, Counts>

function sumUp(modules: readonly TestModule[]): Sums {
  const sums = new Map<string, Record<keyof Counts, number>>()
  for (const module of modules) {
    const sum = sums.get(module.project.name) ?? noneYet()
    for (const place of PLACES) sum[place] += module.meta().canary?.[place] ?? 0
    sums.set(module.project.name, sum)
  }
  return sums
}

function total(sums: Sums, place: keyof Counts): number {
  return [...sums.values()].reduce((sum, counts) => sum + counts[place], 0)
}

function gapsOf(sums: Sums): readonly string[] {
  return [...sums].flatMap(([project, counts]) =>
    (EXPECTED[project] ?? PLACES)
      .filter((place) => counts[place] === 0)
      .map((place) => `${place} of ${project}`),
  )
}
