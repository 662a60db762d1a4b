import { connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a MongoDB on which answers get lost. */
export interface DeafWire {
  /** Leads to that MongoDB alone. */
  url: string;
  /**
   * The next commands of a kind on a collection are carried out, and their connection is cut before the answer comes.
   * @param times the driver asks once more by itself, so that two lose the answer for good
   */
  loseAnswers(command: string, collection: string, times: number): void;
  /** How many answers are still to be lost. */
  left(): number;
  close(): Promise<void>;
}

/** @param mongo url of a running MongoDB */
export async function deafWire(mongo: string): Promise<DeafWire> {
  const target = new URL(mongo);
  const sockets = new Set<Socket>();
  let lose = { words: Buffer.alloc(0), times: 0 };
  const server: Server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    const hangUp = () => {
      client.destroy();
      upstream.destroy();
    };
    let losing = false;
    client.on('data', (said) => {
      if (lose.times > 0 && said.includes(lose.words)) {
        lose.times -= 1;
        losing = true;
      }
      upstream.write(said);
    });
    upstream.on('data', (answer) => {
      if (losing) hangUp();
      else client.write(answer);
    });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', hangUp);
      socket.once('close', () => {
        sockets.delete(socket);
        hangUp();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `mongodb://127.0.0.1:${port}/holdfast?directConnection=true`,
    loseAnswers(command, collection, times) {
      // As BSON has it: the type of a string, the command's name, the string's length, the string.
      const length = Buffer.alloc(4);
      length.writeInt32LE(collection.length + 1);
      lose = { words: Buffer.concat([Buffer.from(`\x02${command}\0`), length, Buffer.from(`${collection}\0`)]), times };
    },
    left: () => lose.times,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
