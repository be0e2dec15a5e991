package dev.graft.importers.text;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.GraftException;
import dev.graft.core.text.TextException;
import dev.graft.core.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Files from strangers, changed at random: what is wrong with them is said, or they are read. */
class HostileTokenizersTest {

  private static final int FILES = 4000;

  private static final List<String> MODELS =
      List.of(
          "{'type':'BPE','vocab':{'a':0,'b':1,'ab':2,'?':3},'merges':['a b'],'unk_token':'?'}",
          "{'type':'WordPiece','vocab':{'a':0,'##b':1,'[UNK]':2}}",
          "{'type':'Unigram','unk_id':0,'vocab':[['?',0.0],['a',-1.5],['ab',-2.0]]}");

  private static final String REST =
      "'added_tokens':[{'id':9,'content':'<m>','lstrip':true,'normalized':true}],"
          + "'normalizer':{'type':'Sequence','normalizers':[{'type':'NFKC'},{'type':'Replace',"
          + "'pattern':{'Regex':' {2,}'},'content':' '},{'type':'Precompiled',"
          + "'precompiled_charsmap':'CAAAAAAEAAAABAAAYQBiAA=='}]},"
          + "'pre_tokenizer':{'type':'Sequence','pretokenizers':[{'type':'Metaspace'},"
          + "{'type':'Split','pattern':{'Regex':'\\\\p{L}+|\\\\s+(?!\\\\S)'},'behavior':'Isolated'}]},"
          + "'post_processor':{'type':'TemplateProcessing','single':[{'Sequence':{'id':'A',"
          + "'type_id':0}}],'pair':[{'Sequence':{'id':'B','type_id':1}}],'special_tokens':{}},"
          + "'truncation':{'max_length':8,'strategy':'LongestFirst'}}";

  @Test
  void changedFiles_areReadOrRefused() {
    long seed = Long.getLong("graft.hostile.seed", 1);
    System.out.println("graft.hostile.seed=" + seed);
    Random random = new Random(seed);
    for (int file = 0; file < FILES; file++) {
      String whole = "{'model':" + MODELS.get(file % MODELS.size()) + "," + REST;
      byte[] content = whole.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
      for (int change = 1 + random.nextInt(3); change > 0; change--) {
        int from = random.nextInt(content.length);
        // A byte of the file itself in the place of another: what stays well-formed goes deepest.
        content[from] = content[random.nextInt(content.length)];
      }
      try {
        Tokenizer tokenizer = TokenizerReader.read(content);
        tokenizer.encode("ab <m> ﬁ  abx \uD83D");
        tokenizer.encode("ab", "b".repeat(20));
      } catch (GraftException expected) {
        // Said in a line.
        continue;
      }
    }
  }

  @Test
  void patternThatGoesDeep_isNoStackOverflow() {
    assertThatThrownBy(() -> split("(a|b)*c").encode("ab".repeat(50_000)))
        .isInstanceOf(TextException.class);
    assertThatThrownBy(() -> split("(".repeat(100_000))).isInstanceOf(GraftException.class);
  }

  private static Tokenizer split(String expression) {
    String json =
        "{'model':"
            + MODELS.get(1)
            + ",'pre_tokenizer':{'type':'Split','behavior':'Removed','pattern':{'Regex':'"
            + expression
            + "'}}}";
    return TokenizerReader.read(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }
}
