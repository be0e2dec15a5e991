"""Trains a byte-level BPE and a Unigram on Banking77 with Hugging Face's tokenizers, and records ids.

The Unigram's normalizer is SentencePiece's nmt_nfkc, as in XLM-R. Recorded are CRC-32s of ids: of the questions of
Banking77, and of strings that hard_texts.py makes as HardTexts does in Java. Wants tokenizers and sentencepiece.
Usage: text_tokenizers.py BANKING77 MINILM_TOKENIZER_JSON OUT
"""

import csv
import gzip
import io
import pathlib
import sys
import zlib

import sentencepiece
from hard_texts import hard_text
from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]


def questions(folder):
    for part in ("train", "test"):
        with open(folder / f"{part}.csv", newline="", encoding="utf-8") as file:
            yield from (row["text"] for row in csv.DictReader(file))


def bpe(texts):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(vocab_size=1500, special_tokens=SPECIAL, show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True, special=True)])
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    return tokenizer


def charsmap(texts):
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(texts), model_writer=model, vocab_size=600,
                                             normalization_rule_name="nmt_nfkc", minloglevel=3)
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model.getvalue())
    return proto.normalizer_spec.precompiled_charsmap


def unigram(texts):
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Precompiled(charsmap(texts)), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    trainer = trainers.UnigramTrainer(vocab_size=1500, special_tokens=SPECIAL, unk_token="<unk>", show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True, special=True)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    return tokenizer


def checksum(ids):
    return zlib.crc32(b"".join(i.to_bytes(4, "little") for i in ids))


def recorded(encodings):
    return b"".join(checksum(e.ids).to_bytes(4, "little") for e in encodings)


banking, minilm, out = map(pathlib.Path, sys.argv[1:])
texts = list(questions(banking))
hard = [hard_text(number) for number in range(2_000)]
tokenizers = {"bpe": bpe(texts), "unigram": unigram(texts), "minilm": Tokenizer.from_file(str(minilm))}
for name, tokenizer in tokenizers.items():
    tokenizer.no_padding()
    if name != "minilm":
        (out / f"{name}.json.gz").write_bytes(gzip.compress(tokenizer.to_str().encode(), 9, mtime=0))
    (out / f"{name}.hard.crc").write_bytes(recorded(map(tokenizer.encode, hard)))
    pairs = [tokenizer.encode(hard[i], hard[i + 1]) for i in range(3, 203)]
    (out / f"{name}.pairs.crc").write_bytes(recorded(pairs))
    total = checksum(i for text in texts for i in tokenizer.encode(text).ids)
    (out / f"{name}.questions.crc").write_text(f"{total:08x}\n")
