import com.sedmelluq.discord.lavaplayer.filter.FloatPcmAudioFilter;
import com.sedmelluq.discord.lavaplayer.format.StandardAudioDataFormats;
import com.sedmelluq.discord.lavaplayer.player.AudioPlayer;
import com.sedmelluq.discord.lavaplayer.player.DefaultAudioPlayerManager;
import com.sedmelluq.discord.lavaplayer.source.http.HttpAudioSourceManager;
import com.sedmelluq.discord.lavaplayer.tools.io.MessageInput;
import com.sedmelluq.discord.lavaplayer.tools.io.MessageOutput;
import com.sedmelluq.discord.lavaplayer.track.AudioReference;
import com.sedmelluq.discord.lavaplayer.track.AudioTrack;
import com.sedmelluq.discord.lavaplayer.track.playback.AudioFrame;
import dev.arbjerg.lavalink.protocol.v4.Info;
import dev.arbjerg.lavalink.protocol.v4.LoadResult;
import dev.arbjerg.lavalink.protocol.v4.Message;
import dev.arbjerg.lavalink.protocol.v4.Player;
import dev.arbjerg.lavalink.protocol.v4.PlayerUpdate;
import dev.arbjerg.lavalink.protocol.v4.Session;
import dev.arbjerg.lavalink.protocol.v4.SessionUpdate;
import dev.arbjerg.lavalink.protocol.v4.StatsData;
import dev.arbjerg.lavalink.protocol.v4.Track;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import kotlinx.serialization.KSerializer;
import kotlinx.serialization.json.Json;

/**
 * Reads lines "kind TAB text", and answers each with what Lavalink's own classes make of it: "ok TAB text"
 * or "error TAB reason". A field that Lavalink does not know is an error.
 */
final class LavalinkOracle {
  private static final Map<String, KSerializer<?>> KINDS =
      Map.of(
          "Info", Info.Companion.serializer(),
          "LoadResult", LoadResult.Companion.serializer(),
          "Message", Message.Serializer.serializer(),
          "Player", Player.Companion.serializer(),
          "PlayerUpdate", PlayerUpdate.Companion.serializer(),
          "Session", Session.Companion.serializer(),
          "SessionUpdate", SessionUpdate.Companion.serializer(),
          "Stats", StatsData.Companion.serializer(),
          "Track", Track.Companion.serializer());

  private final DefaultAudioPlayerManager players = new DefaultAudioPlayerManager();

  private LavalinkOracle() {
    players.registerSourceManager(new HttpAudioSourceManager());
    players.getConfiguration().setOutputFormat(StandardAudioDataFormats.DISCORD_PCM_S16_LE);
  }

  public static void main(String[] arguments) throws Exception {
    var oracle = new LavalinkOracle();
    var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var output = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      String[] parts = line.split("\t", 2);
      output.println(oracle.answer(parts[0], parts[1]).replace('\n', ' '));
    }
    System.exit(0); // lavaplayer's threads are no daemons
  }

  private String answer(String kind, String text) {
    try {
      return "ok\t"
          + switch (kind) {
            case "encoded" -> recode(text);
            case "load" -> encode(load(text));
            case "hear" -> hear(text);
            default -> reread(KINDS.get(kind), text);
          };
    } catch (Exception error) {
      return "error\t" + error;
    }
  }

  /** Decodes an encoded track of the HTTP source, and encodes it again. */
  private String recode(String encoded) throws Exception {
    var bytes = new ByteArrayInputStream(Base64.getDecoder().decode(encoded));
    return encode(players.decodeTrack(new MessageInput(bytes)).decodedTrack);
  }

  /** Loads the audio file at an address, and encodes what it is. */
  private AudioTrack load(String address) {
    if (players.loadItemSync(new AudioReference(address, null)) instanceof AudioTrack track) {
      return track;
    }
    throw new IllegalArgumentException("no track");
  }

  /** Plays an audio file at double speed to its end; returns its sound and the last position, as JSON. */
  private String hear(String address) throws Exception {
    AudioTrack track = load(address);
    AudioPlayer player = players.createPlayer();
    player.setFilterFactory((playing, format, output) -> List.of(new DoubleSpeed(output)));
    player.playTrack(track);
    var sound = new ByteArrayOutputStream();
    long position = 0;
    AudioFrame frame;
    while ((frame = player.provide(5, TimeUnit.SECONDS)) != null) {
      sound.write(frame.getData());
      position = track.getPosition();
    }
    String samples = Base64.getEncoder().encodeToString(sound.toByteArray());
    return "{\"position\": %d, \"sound\": \"%s\"}".formatted(position, samples);
  }

  /** Leaves out every other sample, as a timescale of speed and pitch 2 does. */
  private record DoubleSpeed(FloatPcmAudioFilter next) implements FloatPcmAudioFilter {
    @Override
    public void process(float[][] input, int offset, int length) throws InterruptedException {
      float[][] half = new float[input.length][length / 2];
      for (int channel = 0; channel < input.length; channel++) {
        for (int index = 0; index < length / 2; index++) {
          half[channel][index] = input[channel][offset + 2 * index];
        }
      }
      next.process(half, 0, length / 2);
    }

    @Override
    public void seekPerformed(long requested, long provided) {}

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private String encode(AudioTrack track) throws Exception {
    var output = new ByteArrayOutputStream();
    players.encodeTrack(new MessageOutput(output), track);
    return Base64.getEncoder().encodeToString(output.toByteArray());
  }

  private static <T> String reread(KSerializer<T> serializer, String text) {
    return Json.Default.encodeToString(serializer, Json.Default.decodeFromString(serializer, text));
  }
}
