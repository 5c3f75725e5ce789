import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * What a worker saw, one line of tab-separated fields for each event. All workers append to one file, each line in one
 * write, so that its order is the order of things, also between workers and after a kill.
 */
final class Journal {
  private final String worker;
  private final OutputStream file;

  Journal(String path, String worker) throws IOException {
    this.worker = worker;
    this.file = new FileOutputStream(path, true);
    Logger.getLogger("").addHandler(new LogToJournal());
  }

  void write(String kind, String... fields) {
    StringBuilder line = new StringBuilder(worker).append('\t').append(kind);
    for (String field : fields) line.append('\t').append(String.valueOf(field).replaceAll("\\s+", " "));
    byte[] bytes = line.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    try {
      file.write(bytes);
    } catch (IOException error) {
      throw new IllegalStateException(error);
    }
  }

  /** Whoever started this process holds its standard input open: it ends with the test. */
  static void endWithInput() {
    Thread watch = new Thread(() -> {
      try {
        while (System.in.read() >= 0) continue;
      } catch (IOException closed) {
        // Ends as well.
      }
      Runtime.getRuntime().halt(0);
    });
    watch.setDaemon(true);
    watch.start();
  }

  /** Keeps what libraries warn of. */
  private final class LogToJournal extends Handler {
    @Override
    public void publish(LogRecord entry) {
      if (entry.getLevel().intValue() < Level.WARNING.intValue()) return;
      Throwable thrown = entry.getThrown();
      write("log", entry.getLevel().getName(), entry.getLoggerName(), entry.getMessage(), String.valueOf(thrown));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
