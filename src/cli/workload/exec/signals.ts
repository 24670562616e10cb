/** The signals that `exec` passes on, so that its program receives each of them once. */
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

/** A program ends at these unless it handles them. */
export const ENDING_SIGNALS: readonly PassedSignal[] = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT']

/** A terminal sends these to every foreground process, including the program. */
const FROM_TERMINAL: readonly PassedSignal[] = ['SIGINT', 'SIGQUIT']

/**
 * Tells whether to pass a signal on. A program that gets SIGINT twice often ends without cleanup.
 */
export function isPassedOn(signal: PassedSignal, isForeground: boolean): boolean {
  return !(isForeground && FROM_TERMINAL.includes(signal))
}

/** Returns the exit code that a shell reports for a program that a signal ended. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal]
}

/** Tells whether this process runs in the foreground of a terminal. */
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

/**
 * Reads a line of /proc/self/stat. After the name in parentheses come state, ppid, pgrp, session,
 * tty_nr and tpgid (proc(5)).
 */
export function isForegroundStat(stat: string): boolean {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[2] === fields[5]
}
