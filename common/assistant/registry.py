"""Every tool by name: the complete list of what agents can do."""

from common.assistant.tool import Tool
from common.assistant.tools.before_and_after import BEFORE_AND_AFTER
from common.assistant.tools.distributions import DISTRIBUTION, DUPLICATES
from common.assistant.tools.export_guide import EXPORT_GUIDE
from common.assistant.tools.forecast_cost import FORECAST_COST
from common.assistant.tools.goal_and_datasets import LIST_DATASETS, UNDERSTAND_GOAL
from common.assistant.tools.odd_days import ODD_DAYS
from common.assistant.tools.opportunities import FIND_OPPORTUNITIES
from common.assistant.tools.plan import ACTION_PLAN, COMBINED_PLAN
from common.assistant.tools.rate_limit_headroom import RATE_LIMIT_HEADROOM
from common.assistant.tools.savings_ledger import SAVINGS_LEDGER
from common.assistant.tools.spend import FAILED_REQUESTS, SPEND_BREAKDOWN, SPEND_TOTALS
from common.assistant.tools.spend_on_day import SPEND_ON_DAY
from common.assistant.tools.what_if import WHAT_IF_MODEL

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
