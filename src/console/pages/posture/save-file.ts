/** Saves a text as a file of the user. */

export function saveFile(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser reads the text after this call.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
