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

/** A usage failure about the value of a flag, which may have come from an environment variable. */
export class FlagFailure extends CommandFailure {
  /** Without its dashes. */
  readonly flag: string
  /** What follows the name of the flag. */
  readonly sentence: string

  constructor(flag: string, sentence: string, hints: readonly string[]) {
    super(EXIT_CODES.usage, `--${flag} ${sentence}`, hints)
    this.flag = flag
    this.sentence = sentence
  }
}

export function flagFailure(
  flag: string,
  sentence: string,
  ...hints: readonly string[]
): FlagFailure {
  return new FlagFailure(flag, sentence, hints)
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
