// Checks of a client in JavaScript. Each is told on a line of JSON; node_client.py holds it against the list.

/** Asks whether a sentence holds, for `within` milliseconds, and answers with what came. */
export async function check(sentence, holds, within = 0) {
  const deadline = Date.now() + within
  for (;;) {
    let came, why = ''
    try {
      came = await holds()
    } catch (error) {
      why = String(error?.stack ?? error).split('\n').slice(0, 3).join(' ')
    }
    if (came || Date.now() >= deadline) {
      tell(sentence, Boolean(came), why)
      return came
    }
    await pause(100)
  }
}

// After a word by which it is known: what clients print to the same place has none.
const tell = (sentence, holds, why) => console.log(`told ${JSON.stringify({sentence, holds, why})}`)

/** Says that the story was told to its end, and ends. */
export function end() {
  tell('the story comes to its end', true, '')
  process.exit(0)
}

// An upload that is refused before it was read ends in an error of the socket, beside the one of the request.
process.on('uncaughtException', (error) => console.error(error))

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Whether something is refused, with this status. */
export async function refused(asked, status = 404) {
  try {
    await asked()
  } catch (error) {
    const came = error.statusCode ?? error.response?.status
    if (came === status) return true
    throw error
  }
  return false
}
