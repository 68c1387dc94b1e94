"""Every tool by its name: reading this is reading what agents can do."""

from common.tools.anomalies import ODD_DAYS
from common.tools.comparison import BEFORE_AND_AFTER
from common.tools.days import SPEND_ON_DAY
from common.tools.distributions import DISTRIBUTION, DUPLICATES
from common.tools.forecast import FORECAST_COST
from common.tools.guide import EXPORT_GUIDE
from common.tools.headroom import RATE_LIMIT_HEADROOM
from common.tools.ledger import SAVINGS_LEDGER
from common.tools.plans import ACTION_PLAN, COMBINED_PLAN
from common.tools.savings import FIND_OPPORTUNITIES
from common.tools.spend import FAILED_REQUESTS, SPEND_BREAKDOWN, SPEND_TOTALS
from common.tools.tool import Tool
from common.tools.understanding import LIST_DATASETS, UNDERSTAND_GOAL
from common.tools.what_if import WHAT_IF_MODEL

TOOLS: dict[str, Tool] = {
    tool.name: tool
    for tool in (
        UNDERSTAND_GOAL,
        LIST_DATASETS,
        EXPORT_GUIDE,
        SPEND_TOTALS,
        SPEND_BREAKDOWN,
        SPEND_ON_DAY,
        ODD_DAYS,
        FORECAST_COST,
        BEFORE_AND_AFTER,
        RATE_LIMIT_HEADROOM,
        DISTRIBUTION,
        DUPLICATES,
        FAILED_REQUESTS,
        SAVINGS_LEDGER,
        FIND_OPPORTUNITIES,
        WHAT_IF_MODEL,
        COMBINED_PLAN,
        ACTION_PLAN,
    )
}
