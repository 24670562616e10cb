import { expect, test } from 'vitest'
import {
  exitCodeOf,
  isForegroundStat,
  isPassedOn,
  PASSED_SIGNALS,
} from '../../../../src/cli/workload/exec/signals.ts'

test.each(PASSED_SIGNALS)('passes %s on when there is no terminal', (signal) => {
  expect(isPassedOn(signal, false)).toBe(true)
})

test.each([
  ['SIGTERM', true],
  ['SIGINT', false],
  ['SIGHUP', true],
  ['SIGQUIT', false],
  ['SIGUSR1', true],
  ['SIGUSR2', true],
] as const)('in the foreground of a terminal %s is passed on: %s', (signal, isPassed) => {
  expect(isPassedOn(signal, true)).toBe(isPassed)
})

test.each([
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGKILL', 137],
  ['SIGTERM', 143],
] as const)('ends as a shell does after %s', (signal, exitCode) => {
  expect(exitCodeOf(signal)).toBe(exitCode)
})

test.each([
  ['the foreground group of the terminal', '41 (node) S 40 41 40 34816 41 4194304', true],
  ['another group', '41 (node) S 40 41 40 34816 77 4194304', false],
  ['a name with spaces and brackets', '41 (a) b) S 40 41 40 34816 41 0', true],
  ['no terminal', '41 (node) S 40 41 41 0 -1 4194304', false],
])('reads from /proc/self/stat: %s', (_name, stat, isForeground) => {
  expect(isForegroundStat(stat)).toBe(isForeground)
})
