"""Texts with a syntax: names, addresses and dates that AWS's requests carry as they are."""

from advisor.model.value import Value
from advisor.text.places import UNSEEN


class Form(Value):
    """A text with a syntax: what AWS's service model accepts, or stricter where that is vague."""

    pattern: str
    shortest: int
    longest: int
    says: str
    quoted: bool = True  # an unquoted number or boolean is refused, as editors do


_BUCKET = r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
_OBJECT_KEY = r"[A-Za-z0-9!_.*'()/=+@:,-]"
# Letters that AWS's pattern for tags (\p{L}) admits, written so that JSON Schema and Python agree
# on them: Latin, Greek, Cyrillic, kana, Han and Hangul.
LETTERS = (
    r"A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u0388-\u038a\u038e-\u03a1\u03a3-\u03f5"
    r"\u0400-\u0481\u048a-\u052f\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3"
)
_TAG_TEXT = rf"[{LETTERS}0-9 _.:/=+@-]*"
_NAME = r"[A-Za-z0-9](?:-*[A-Za-z0-9])*"
_INSTANCE = r"ml\.[a-z][a-z0-9-]{1,15}\.(?:medium|large|xlarge|[1-9][0-9]?xlarge|metal)"

FORMS = {
    "name": Form(_NAME, 1, 63, "letters and digits, joined by hyphens, such as fraud-scoring"),
    "region": Form(r"[a-z]{2,4}(?:-[a-z]+)+-[1-9][0-9]?", 8, 32, "a Region such as us-east-1"),
    "instance": Form(_INSTANCE, 8, 32, "an instance type such as ml.m5.xlarge"),
    "image": Form(
        r"[A-Za-z0-9][A-Za-z0-9._:/@-]*",
        1,
        255,
        "an image such as 123456789012.dkr.ecr.us-east-1.amazonaws.com/fraud:1",
    ),
    "artifact": Form(
        rf"{_BUCKET}/(?:{_OBJECT_KEY}*/|{_OBJECT_KEY}+\.tar\.gz|)",
        8,
        1024,
        "an archive such as s3://my-bucket/fraud/model.tar.gz, or a prefix that ends with /;"
        " a bucket's name has 3 to 63 characters",
    ),
    # 128 characters are left for what the requests append; AWS's paths end at 512.
    "bucket": Form(
        rf"{_BUCKET}(?:/{_OBJECT_KEY}*)?", 8, 384, "a bucket or prefix such as s3://my-bucket/fraud"
    ),
    "role": Form(
        r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+",
        20,
        2048,
        "a role's ARN such as arn:aws:iam::123456789012:role/sagemaker",
    ),
    "kms_key": Form(r"[A-Za-z0-9:/_-]+", 1, 2048, "a key's id, ARN or alias such as alias/ml"),
    "subnet": Form(r"subnet-[0-9a-zA-Z-]+", 8, 32, "a subnet such as subnet-0123456789abcdef0"),
    "security_group": Form(
        r"sg-[0-9a-zA-Z-]+", 4, 32, "a security group such as sg-0123456789abcdef0"
    ),
    "tag_key": Form(
        rf"(?![aA][wW][sS]:){_TAG_TEXT}",
        1,
        128,
        "letters, digits, spaces and _ . : / = + - @, not starting with aws:",
        quoted=False,
    ),
    "tag": Form(_TAG_TEXT, 0, 256, "letters, digits, spaces and _ . : / = + - @", quoted=False),
    "rule": Form(
        r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*", 1, 64, "a rule's id such as contested-limit", quoted=False
    ),
    "reference": Form(
        r"[A-Za-z][A-Za-z0-9_-]*", 1, 64, "a name such as endpoint_config", quoted=False
    ),
    "path": Form(rf"[^\n{UNSEEN}]+", 1, 1024, "PATH or PATH#address", quoted=False),
    "version": Form(
        r"[A-Za-z0-9](?:[A-Za-z0-9._+-]*[A-Za-z0-9])?",
        1,
        64,
        "letters and digits, joined by . _ + -, such as 2026-11-20",
        quoted=False,
    ),
    "step": Form(
        r"(?:100|[1-9][0-9]?) ?%|[1-9][0-9]{0,3} instances?",
        2,
        14,
        "a share such as 10 %, or 1 instance",
    ),
    "alarm": Form(
        rf"[^\s{UNSEEN}](?:[^\n{UNSEEN}]*[^\s{UNSEEN}])?",
        1,
        255,
        "the name of an alarm such as fraud-errors",
        quoted=False,
    ),
    "topic": Form(
        r"arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}",
        20,
        2048,
        "a topic's ARN such as arn:aws:sns:us-east-1:123456789012:fraud",
    ),
    "variant": Form(
        r"[A-Za-z0-9](?:-*[A-Za-z0-9])*", 1, 63, "letters and digits, joined by hyphens"
    ),
    "weight": Form(
        r"(?:0|[1-9][0-9]{0,3})(?:\.[0-9]{1,3})?", 1, 8, "a number such as 0.25", quoted=False
    ),
    "date": Form(
        r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])",
        10,
        10,
        "a date such as 2027-03-31",
    ),
    "line": Form(rf"[^\n{UNSEEN}]+", 1, 128, "one line of text", quoted=False),
    "text": Form(
        rf"[^{UNSEEN}]*[^\s{UNSEEN}][^{UNSEEN}]*", 1, 2000, "a reason in words", quoted=False
    ),
}
