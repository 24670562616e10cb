/** How long we wait for a store. The call goes on without us; its late answer is not looked at. */

/** Rejects with an `Error` when `answer` takes longer than `milliseconds`. */
export async function withDeadline<T>(milliseconds: number, answer: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | null = null
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('deadline')), milliseconds)
  })
  try {
    return await Promise.race([answer, deadline])
  } finally {
    clearTimeout(timer)
  }
}
