/** What `buildkite-agent pipeline upload` makes of a command: it replaces variables itself. */

/**
 * Replaces `$$` by `$`. Throws for a single `$`, because the upload would put in the value of its
 * own environment, which is mostly empty.
 */
export function uploadToBuildkite(command: string): string {
  if (command.replaceAll('$$', '').includes('$')) throw new Error('a $ is not doubled')
  return command.replaceAll('$$', '$')
}
