/**
 * The description of a command. The parser, `--help`, docs/cli.md and shell completion are made from
 * it, so that each flag is written only once.
 */

export type Flag = {
  /** The placeholder for its value, such as `URL`. A flag without one is a switch. */
  readonly value?: string
  /** The meaning of the flag, in Markdown. `--help` shows it as plain text. */
  readonly about: string
  readonly repeats?: true
  /** Only for the description. The command itself checks that the flag is given (`requireFlag`). */
  readonly required?: true
  /** The default value, in Markdown. */
  readonly default?: string
  /** Environment variables to read when the flag is absent. The first that is set is used. */
  readonly variables?: readonly string[]
  /** Separates the values in a variable, if the flag may be repeated. White space by default. */
  readonly separator?: RegExp
  /** A second name for the same flag. */
  readonly alias?: string
  /** The values that shell completion offers. */
  readonly completes?: Completes
}

export type Completes = 'files' | 'directories' | readonly string[]

export type Flags = Readonly<Record<string, Flag>>

export type Arguments = {
  readonly least: number
  readonly most: number
  /** The noun in the error message for a missing argument, such as `a trust file`. */
  readonly what: string
  readonly completes?: Completes
}

export type Command = {
  /** The part of the usage line after the command name. */
  readonly synopsis: string
  /** Paragraphs in plain text. */
  readonly about: string
  readonly flags: Flags
  /** If absent, the command takes no arguments. */
  readonly arguments?: Arguments
  /** The arguments after `--` are the command line of another program. */
  readonly runsProgram?: true
  /** Paragraphs in plain text that `--help` prints after the flags. */
  readonly notes?: string
  /** One command line that works. */
  readonly example: string
}

/** The parsed value of each flag. */
export type Values<T extends Flags> = { readonly [Name in keyof T]: ValueOf<T[Name]> }

type ValueOf<T extends Flag> = T extends { readonly value: string }
  ? (T extends { readonly repeats: true } ? readonly string[] : string) | undefined
  : boolean

type CommandModule = {
  readonly command: Command
  /**
   * Resolves to one of `EXIT_CODES`, or to the exit code of the program for `exec`. `commands` is the
   * command table, which `completion` needs.
   */
  readonly run: (args: readonly string[], commands: Commands) => Promise<number>
}

/** One row of the command table. */
export type Entry = { readonly summary: string; readonly load: () => Promise<CommandModule> }

export type Commands = ReadonlyMap<string, Entry>
