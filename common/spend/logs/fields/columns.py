"""Which column, or key of a JSON row, means what. Names are compared without case, spaces and punctuation."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Literal

from common.spend.logs.fields.currencies import cost_with_currency

FieldName = Literal[
    "ts", "model", "provider", "input", "uncached", "output", "cached", "write", "write_5m", "write_1h", "reasoning",
    "cost", "latency", "ttft", "status", "user", "feature", "tags", "session", "request_id", "prompt_hash", "prompt",
    "tier", "blocks", "requests", "grain", "quality", "currency", "context", "total",
    "audio_input", "audio_cached", "audio_output", "image_input", "image_output", "web_searches", "geography",
    "charges",
]  # fmt: skip

ALIASES: dict[FieldName, tuple[str, ...]] = {
    "ts": (
        "timestamp", "ts", "createdat", "starttime", "requestcreatedat", "starttimeiso", "startedat", "requesttime",
        "requesttimestamp", "eventtime", "starttimeunixnano", "datetime", "time", "created", "date", "loggedat",
        "utctime", "arrivaltime", "arrivedat", "timestamputc", "datetimeutc", "timeutc", "usagedate", "usagedateutc",
        "eventtimestamp", "insertedat", "createtime", "createdtime", "creationtime", "timegenerated",
        "timegeneratedutc", "occurredat", "receivedat", "requestedat", "calledat", "createdon",
        "usagestarttime", "requeststart", "requeststarttime", "requestdate", "logtime", "day",
        "completedat", "finishedat", "endtime", "endedat", "timeunixnano", "loggingtime",
    ),
    "model": (
        "model", "modelname", "responsemodel", "requestmodel", "providedmodelname", "modelpermaslug", "modelslug",
        "genairesponsemodel", "genairequestmodel", "llmmodelname", "modelversion", "modelid", "engine",
        "llmmodel", "modelused", "usedmodel", "aimodel", "basemodel", "deploymentname", "deploymentid",
        "chatmodel", "foundationmodel", "servedmodel", "modelapi",
        "deployment",
    ),
    "provider": (
        "provider", "providername", "customllmprovider", "genaiprovidername", "genaisystem", "llmprovider", "vendor",
    ),
    "input": (
        "nativetokensprompt",
        "prompttokens", "inputtokens", "contexttokens", "inputlength", "promptlength", "tokensprompt", "ntokensprompt",
        "prompttokencount", "inputtokencount", "tokensin", "intokens", "tokensinput", "numprompttokens",
        "usageprompttokens", "usageinputtokens", "genaiusageinputtokens", "genaiusageprompttokens",
        "llmtokencountprompt", "promptlen", "inputlen", "requesttokens", "numinputtokens", "totalinputtokens",
        "inputtokensused", "llminputtokens", "totalprompttokens", "prompttokensused", "inputtoken", "numtokensprompt",
        "billedinputtokens", "promptevalcount",
    ),
    "uncached": ("inputuncachedtokens", "uncachedinputtokens", "nocachetokens"),
    "output": (
        "nativetokenscompletion",
        "completiontokens", "outputtokens", "generatedtokens", "outputlength", "completionlength", "tokenscompletion",
        "ntokenscompletion", "candidatestokencount", "completiontokencount", "outputtokencount", "tokensout",
        "outtokens", "tokensoutput", "numcompletiontokens", "usagecompletiontokens", "usageoutputtokens",
        "genaiusageoutputtokens", "genaiusagecompletiontokens", "llmtokencountcompletion", "outputlen",
        "responsetokens", "numoutputtokens", "totaloutputtokens", "outputtokensused", "llmoutputtokens",
        "totalcompletiontokens", "completiontokensused", "outputtoken", "numtokenscompletion", "billedoutputtokens",
        "evalcount",
    ),
    "cached": (
        "nativetokenscached", "cachedtokens", "cachereadtokens", "cacheread", "cachedinputtokens", "inputcachedtokens",
        "cachereadinputtokens", "promptcachereadtokens", "tokenscached", "cachedprompttokens", "cached",
        "genaiusagecachereadinputtokens", "cachedcontenttokencount", "promptcachehittokens", "inputcachedtokensread",
        "llmtokencountpromptdetailscacheread", "cachedtokencount", "usagecachereadinputtokens",
        "usageprompttokensdetailscachedtokens", "usageinputtokensdetailscachedtokens", "inputcacheread", "cachehit",
        "iscachehit", "cachestatus", "fromcache",
    ),
    "write": (
        "cachewritetokens", "cachecreationinputtokens", "cachecreationtokens", "cachewrite", "promptcachewritetokens",
        "inputcachewritetokens", "genaiusagecachecreationinputtokens", "cachewriteinputtokens",
        "cachecreation",
    ),
    "write_5m": ("ephemeral5minputtokens", "cachewrite5mtokens", "cachewrite5m", "cachecreationephemeral5minputtokens"),
    "write_1h": ("ephemeral1hinputtokens", "cachewrite1htokens", "cachewrite1h", "cachecreationephemeral1hinputtokens"),
    "reasoning": (
        "nativetokensreasoning", "reasoningtokencount", "reasoningtokens", "outputreasoningtokens", "thinkingtokens",
        "thoughtstokencount", "tokensreasoning", "reasoning", "genaiusagereasoningoutputtokens",
        "completionreasoningtokens", "usagecompletiontokensdetailsreasoningtokens",
        "usageoutputtokensdetailsreasoningtokens",
    ),
    "cost": ("costusd", "cost", "totalcost", "spend", "costtotal", "priceusd", "totalcostusd", "responsecost"),
    "latency": (
        "latencyms", "latency", "requestdurationms", "durationms", "duration", "responsetimems", "responsetime",
        "generationtimems", "delayms", "elapsedms", "elapsed", "latencys", "latencyseconds", "durations",
        "durationseconds", "totaltimems", "e2elatencyms",
    ),
    "ttft": (
        "ttftms", "ttft", "timetofirsttokenms", "timetofirsttoken", "firsttokenms", "ttfts", "ttftseconds",
        "firsttokenlatencyms", "genairesponsetimetofirstchunk",
    ),
    "status": (
        "statuscode", "responsestatuscode", "httpstatuscode", "httpstatus", "status", "responsestatus", "outcome",
        "success", "issuccess", "issuccessful", "succeeded", "successful", "ok", "isok", "failed", "isfailed",
        "failure", "isfailure", "iserror", "haserror", "errored", "level", "errortype", "error", "finishreason",
        "finishreasonnormalized",
    ),
    "user": (
        "user", "userid", "enduser", "requestuserid", "customerid", "customer", "username", "account", "accountid",
    ),
    "feature": (
        "feature", "usecase", "route", "tag", "endpoint", "tracename", "application", "app", "promptname", "workflow",
        "requestpath", "servicename", "service", "featurename", "project", "team",
    ),
    "tags": ("tags", "requesttags", "labels"),
    "session": (
        "session", "sessionid", "conversationid", "conversation", "threadid", "chatid", "genaiconversationid",
        "traceid",
    ),
    "request_id": ("requestid", "responseid", "generationid", "callid", "genairesponseid", "messageid", "id", "uuid"),
    "prompt_hash": ("prompthash", "inputhash", "contenthash", "prompthashsha256", "messageshash", "cachekey"),
    "prompt": ("prompt", "messages", "requestbody", "input", "query", "question", "genaiinputmessages"),
    "tier": ("servicetier", "batch", "isbatch"),
    "blocks": ("hashids", "blockhashes", "prefixblocks"),
    "requests": ("nummodelrequests", "numrequests", "requestcount", "apirequests", "requests"),
    "grain": (),
    "quality": ("qualityscore", "quality", "score", "evalscore", "rating"),
    "currency": ("currency", "costcurrency", "billingcurrency", "amountcurrency"),
    "context": (),
    "total": (
        "totaltokens", "totaltokencount", "tokenstotal", "usagetotaltokens", "genaiusagetotaltokens",
        "llmtokencounttotal",
    ),
    "audio_input": ("inputaudiotokens", "promptaudiotokens", "audioinputtokens", "audioprompttokens"),
    "audio_cached": ("inputcachedaudiotokens", "cachedaudiotokens", "cachedaudioinputtokens"),
    "audio_output": ("outputaudiotokens", "completionaudiotokens", "audiooutputtokens", "audiocompletiontokens"),
    "image_input": ("inputimagetokens", "promptimagetokens", "imageinputtokens"),
    "image_output": ("outputimagetokens", "completionimagetokens", "imageoutputtokens"),
    "web_searches": ("websearchrequests", "websearchcalls", "websearches", "numwebsearches"),
    "geography": ("inferencegeo",),
    "charges": (),
}  # fmt: skip
"""Field -> the names it goes by, the surest first; none: only known formats have it."""

FIELDS = tuple(ALIASES)

LONGEST_NAME = 200
"""Characters of a column's name: broken files have lines of text there, which no note should repeat."""
_NOT_WORD = re.compile(r"[^a-z0-9]")
_IN_UTC = re.compile(r"(?<=\w)(?:\s*\[utc\]|\s*\(utc\)|_utc)$")
_ANTHROPIC_CACHED = frozenset(
    f"{before}{name}" for before in ("", "usage") for name in ("cachereadinputtokens", "cachecreationinputtokens")
)
_MILLISECONDS = re.compile(r"(ms|millis|milliseconds)$")
_SECONDS = re.compile(r"(_s|sec|secs|seconds|\(s\)|^latencys|^durations|^ttfts)$")


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A name without case, spaces and punctuation, and without the zone behind it where that is ours: "time [UTC]"."""
    return _NOT_WORD.sub("", _IN_UTC.sub("", name.lower()))


def find_fields(names: Iterable[str]) -> dict[FieldName, str]:
    """Field -> the plain name that it has here, of the plain names given; a name serves one field only."""
    present = set(names)
    found = {field: next((alias for alias in aliases if alias in present), "") for field, aliases in ALIASES.items()}
    found["cost"] = found["cost"] or cost_with_currency(present, ALIASES["cost"])
    return {field: alias for field, alias in found.items() if alias}


def cached_outside(fields: Mapping[FieldName, str]) -> bool | None:
    """Whether cached tokens come on top of the input, by the names; None when these do not say."""
    if "uncached" in fields and "input" not in fields:
        return True
    if fields.get("input") in ("inputtokens", "usageinputtokens"):
        return True if _ANTHROPIC_CACHED & {fields.get("cached"), fields.get("write")} else None
    if fields.get("input") == "prompttokencount" or fields.get("cached") == "cachedtokens":
        return False
    return None


def unit_in_name(name: str) -> float | None:
    """Milliseconds per unit of a time column by its name as written; None when the name does not say."""
    lowered = name.lower().strip()
    if _MILLISECONDS.search(lowered):
        return 1.0
    return 1000.0 if _SECONDS.search(lowered) else None
