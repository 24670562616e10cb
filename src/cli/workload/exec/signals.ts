/** Signals that `exec` gets and its program should have, each of them once. */
import { closeSync, openSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'

export const PASSED_SIGNALS = [
  'SIGTERM',
  'SIGINT',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
] as const

export type PassedSignal = (typeof PASSED_SIGNALS)[number]

/** A terminal sends these to every process in its foreground, the program included. */
const FROM_TERMINAL: readonly PassedSignal[] = ['SIGINT', 'SIGQUIT']

/** A program that gets SIGINT twice often ends without cleaning up. */
export function isPassedOn(signal: PassedSignal, isForeground: boolean): boolean {
  return !(isForeground && FROM_TERMINAL.includes(signal))
}

/** As a shell reports a program that a signal ended. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal]
}

/** Whether a terminal sends what is typed there to this process. */
export function isForegroundJob(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'))
  } catch {
    return false
  }
  try {
    return isForegroundStat(readFileSync('/proc/self/stat', 'utf8'))
  } catch {
    return true
  }
}

/** proc(5): after the name in parentheses come state, ppid, pgrp, session, tty_nr and tpgid. */
export function isForegroundStat(stat: string): boolean {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[2] === fields[5]
}
