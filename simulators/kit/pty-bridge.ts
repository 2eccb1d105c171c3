/**
 * A pseudo-terminal whose master end is the program's stdin and stdout, in Python, which every Debian has: what comes in on
 * stdin appears at the slave as if it came over a serial cable, what a driver writes to the slave goes to stdout. The
 * slave's path is the first line of output. It ends when stdin ends, so that no bridge outlives its simulator.
 * (Text in a module and not a file of its own, so that it is there in a bundle too.)
 *
 * Argument: baud rate; 0 is no pacing, otherwise a byte takes ten bit times (8N1).
 */
export const PTY_BRIDGE = String.raw`
import errno, os, select, sys, termios, threading, time, tty

seconds_per_byte = 10.0 / int(sys.argv[1]) if len(sys.argv) > 1 and int(sys.argv[1]) > 0 else 0.0
PIECE = max(1, int(0.002 / seconds_per_byte)) if seconds_per_byte else 4096
OVERRUN_SECONDS = 2.0

master, slave = os.openpty()
tty.setraw(slave, termios.TCSANOW)
os.write(1, (os.ttyname(slave) + "\n").encode())
os.close(slave)
os.set_blocking(master, False)


def nobody_listens():
    poll = select.poll()
    poll.register(master, 0)
    return any(events & select.POLLHUP for _, events in poll.poll(0))


def to_driver(data):
    # A UART whose reader is too slow or absent loses bytes; it never stops the sender.
    while data and not nobody_listens():
        if not select.select([], [master], [], OVERRUN_SECONDS)[1]:
            return
        try:
            data = data[os.write(master, data):]
        except BlockingIOError:
            pass
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            return


def paced(data, deliver, due):
    for start in range(0, len(data), PIECE):
        piece = data[start:start + PIECE]
        if seconds_per_byte:
            due = max(due, time.monotonic()) + len(piece) * seconds_per_byte
            time.sleep(max(0.0, due - time.monotonic()))
        deliver(piece)
    return due


def cable_in():
    due = 0.0
    while True:
        try:
            if not select.select([master], [], [], 1.0)[0]:
                continue
            data = os.read(master, 4096)
        except BlockingIOError:
            continue
        except OSError:  # EIO while no driver has the port open
            time.sleep(0.005)
            continue
        due = paced(data, lambda piece: os.write(1, piece), due)


threading.Thread(target=cable_in, daemon=True).start()
due = 0.0
while True:
    data = os.read(0, 4096)
    if not data:
        os._exit(0)
    due = paced(data, to_driver, due)
`;
