/** A failure that ends a command: a message of one line, hints, and an exit code. */
import { EXIT_CODES, type ExitCode } from './exit-codes.ts'

export class CommandFailure extends Error {
  override readonly name = 'CommandFailure'
  readonly exitCode: ExitCode
  readonly hints: readonly string[]

  constructor(exitCode: ExitCode, message: string, hints: readonly string[] = []) {
    super(message)
    this.exitCode = exitCode
    this.hints = hints
  }
}

export function usageFailure(message: string, ...hints: readonly string[]): CommandFailure {
  return new CommandFailure(EXIT_CODES.usage, message, hints)
}

export function refusal(message: string, ...hints: readonly string[]): CommandFailure {
  return new CommandFailure(EXIT_CODES.refused, message, hints)
}

export function unreachable(message: string, ...hints: readonly string[]): CommandFailure {
  return new CommandFailure(EXIT_CODES.unreachable, message, hints)
}
