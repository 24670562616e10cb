/** Replaces the console: `write` gets each line that code would have written, and none is written. */
const METHODS = ['log', 'info', 'warn', 'error', 'debug'] as const

export function replaceConsole(write: (line: string) => void): void {
  for (const method of METHODS) {
    console[method] = (...parts: readonly unknown[]) => {
      write(`console.${method}(${parts.map(String).join(', ')})`)
    }
  }
}
