/**
 * How a command describes itself. The parser, `--help`, docs/cli.md and the completion of shells are
 * made from this description, so that each flag is written once.
 */

export type Flag = {
  /** A word for its value, such as `URL`. A flag without one is a switch. */
  readonly value?: string
  /** What it means, in Markdown. `--help` shows it as plain text. */
  readonly about: string
  readonly repeats?: true
  /** The command cannot do without it. Who reads the flag refuses when it is missing. */
  readonly required?: true
  /** What holds without it, in Markdown. */
  readonly default?: string
  /** The environment variables that are read when the flag is absent, in this order. */
  readonly variables?: readonly string[]
  /** Between the values in a variable of a flag that repeats; white space where it is absent. */
  readonly separator?: RegExp
  /** A second name for the same flag. */
  readonly alias?: string
  /** What a shell offers for its value. */
  readonly completes?: Completes
}

export type Completes = 'files' | 'directories' | readonly string[]

export type Flags = Readonly<Record<string, Flag>>

export type Arguments = {
  readonly least: number
  readonly most: number
  /** For the message that one is missing, such as `a trust file`. */
  readonly what: string
  readonly completes?: Completes
}

export type Command = {
  /** What follows the name in the line of usage. */
  readonly synopsis: string
  /** Paragraphs in plain text. */
  readonly about: string
  readonly flags: Flags
  /** No arguments where it is absent. */
  readonly arguments?: Arguments
  /** What follows `--` is the command line of another program. */
  readonly runsProgram?: true
  /** Paragraphs in plain text, after the flags. */
  readonly notes?: string
  /** One command line that works. */
  readonly example: string
}

/** What was given for each flag. */
export type Values<T extends Flags> = { readonly [Name in keyof T]: ValueOf<T[Name]> }

type ValueOf<T extends Flag> = T extends { readonly value: string }
  ? (T extends { readonly repeats: true } ? readonly string[] : string) | undefined
  : boolean

type CommandModule = {
  readonly command: Command
  /**
   * Resolves to one of `EXIT_CODES`; `exec` to the exit code of its program. `commands` is the table
   * of all commands, for a command that describes them.
   */
  readonly run: (args: readonly string[], commands: Commands) => Promise<number>
}

/** One row of the command table. */
export type Entry = { readonly summary: string; readonly load: () => Promise<CommandModule> }

export type Commands = ReadonlyMap<string, Entry>
